package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * A pooling window; NaN stays NaN. Owns one native object; not thread-safe. Source: {@code
 * cudnnPoolingDescriptor_t}.
 */
public final class PoolingDescriptor implements AutoCloseable {
  private final NativeObject object;

  private PoolingDescriptor(NativeObject object) {
    this.object = object;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static PoolingDescriptor create(
      Cudnn cudnn, PoolingMode mode, int kernel, int padding, int stride) {
    NativeObject object =
        new NativeObject(
            "pooling descriptor", cudnn.createPoolingDescriptor(), cudnn::destroyPoolingDescriptor);
    try {
      cudnn.setPooling2dDescriptor(
          object.value(),
          mode,
          NanPropagation.PROPAGATE_NAN,
          kernel,
          kernel,
          padding,
          padding,
          stride,
          stride);
      return new PoolingDescriptor(object);
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
