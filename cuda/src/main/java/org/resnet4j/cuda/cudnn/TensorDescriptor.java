package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * Type, dimensions and strides of a tensor, in elements. Owns one native object; not thread-safe.
 * Source: {@code cudnnTensorDescriptor_t}.
 */
public final class TensorDescriptor implements AutoCloseable {
  private final NativeObject object;

  private TensorDescriptor(NativeObject object) {
    this.object = object;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static TensorDescriptor create(Cudnn cudnn, DataType type, TensorShape shape) {
    NativeObject object =
        new NativeObject(
            "tensor descriptor", cudnn.createTensorDescriptor(), cudnn::destroyTensorDescriptor);
    try {
      cudnn.setTensor4dDescriptorEx(
          object.value(),
          type,
          shape.n(),
          shape.c(),
          shape.h(),
          shape.w(),
          shape.nStride(),
          shape.cStride(),
          shape.hStride(),
          shape.wStride());
      return new TensorDescriptor(object);
    } catch (CudaException e) {
      Failures.closeAfter(e, object::close);
      throw e;
    }
  }

  long handle() {
    return object.value();
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    object.close();
  }
}
