package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * Type, order and dimensions of packed weights: K output channels, C input channels of one group,
 * H, W. Owns one native object; not thread-safe. Source: {@code cudnnFilterDescriptor_t}.
 */
public final class FilterDescriptor implements AutoCloseable {
  private final NativeObject object;

  private FilterDescriptor(NativeObject object) {
    this.object = object;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static FilterDescriptor create(
      Cudnn cudnn, DataType type, TensorFormat format, int k, int c, int h, int w) {
    NativeObject object =
        new NativeObject(
            "filter descriptor", cudnn.createFilterDescriptor(), cudnn::destroyFilterDescriptor);
    try {
      cudnn.setFilter4dDescriptor(object.value(), type, format, k, c, h, w);
      return new FilterDescriptor(object);
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
