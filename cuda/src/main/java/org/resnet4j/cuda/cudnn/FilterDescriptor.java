package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * Type, order and dimensions of packed weights: K output channels, C input channels of one group,
 * H, W. Owns one native object; belongs to its {@link GpuThread}. Source: {@code
 * cudnnFilterDescriptor_t}.
 */
public final class FilterDescriptor implements AutoCloseable {
  private final NativeHandle handle;

  private FilterDescriptor(NativeHandle handle) {
    this.handle = handle;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static FilterDescriptor create(
      CudnnHandle cudnn, DataType type, TensorFormat format, int k, int c, int h, int w) {
    LegacyApi api = cudnn.cudnn().legacy();
    return new FilterDescriptor(
        NativeHandle.create(
            cudnn.gpu(),
            "filter descriptor",
            api::createFilterDescriptor,
            api::destroyFilterDescriptor,
            descriptor -> api.setFilter4dDescriptor(descriptor, type, format, k, c, h, w)));
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
