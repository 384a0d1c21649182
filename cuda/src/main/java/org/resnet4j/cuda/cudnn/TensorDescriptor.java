package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * Type, dimensions and strides of a tensor, in elements. Owns one native object; belongs to its
 * {@link GpuThread}. Source: {@code cudnnTensorDescriptor_t}.
 */
public final class TensorDescriptor implements AutoCloseable {
  private final NativeHandle handle;

  private TensorDescriptor(NativeHandle handle) {
    this.handle = handle;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static TensorDescriptor create(CudnnHandle cudnn, DataType type, TensorShape shape) {
    LegacyApi api = cudnn.cudnn().legacy();
    return new TensorDescriptor(
        NativeHandle.create(
            cudnn.gpu(),
            "tensor descriptor",
            api::createTensorDescriptor,
            api::destroyTensorDescriptor,
            descriptor ->
                api.setTensor4dDescriptorEx(
                    descriptor,
                    type,
                    shape.n(),
                    shape.c(),
                    shape.h(),
                    shape.w(),
                    shape.nStride(),
                    shape.cStride(),
                    shape.hStride(),
                    shape.wStride())));
  }

  long handle() {
    return handle.value();
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
