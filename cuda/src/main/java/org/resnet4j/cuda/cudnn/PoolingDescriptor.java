package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * A pooling window; NaN stays NaN. Owns one native object; belongs to its {@link GpuThread}.
 * Source: {@code cudnnPoolingDescriptor_t}.
 */
public final class PoolingDescriptor implements AutoCloseable {
  private final NativeHandle handle;

  private PoolingDescriptor(NativeHandle handle) {
    this.handle = handle;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static PoolingDescriptor create(
      CudnnHandle cudnn, PoolingMode mode, int kernel, int padding, int stride) {
    LegacyApi api = cudnn.cudnn().legacy();
    return new PoolingDescriptor(
        NativeHandle.create(
            cudnn.gpu(),
            "pooling descriptor",
            api::createPoolingDescriptor,
            api::destroyPoolingDescriptor,
            descriptor ->
                api.setPooling2dDescriptor(
                    descriptor,
                    mode,
                    NanPropagation.PROPAGATE_NAN,
                    kernel,
                    kernel,
                    padding,
                    padding,
                    stride,
                    stride)));
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
