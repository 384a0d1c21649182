package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * What a fused convolution applies to its result; NaN stays NaN. Owns one native object; belongs to
 * its {@link GpuThread}. Source: {@code cudnnActivationDescriptor_t}.
 */
public final class ActivationDescriptor implements AutoCloseable {
  private final NativeHandle handle;

  private ActivationDescriptor(NativeHandle handle) {
    this.handle = handle;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static ActivationDescriptor create(CudnnHandle cudnn, ActivationMode mode) {
    LegacyApi api = cudnn.cudnn().legacy();
    return new ActivationDescriptor(
        NativeHandle.create(
            cudnn.gpu(),
            "activation descriptor",
            api::createActivationDescriptor,
            api::destroyActivationDescriptor,
            descriptor ->
                api.setActivationDescriptor(descriptor, mode, NanPropagation.PROPAGATE_NAN, 0)));
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
