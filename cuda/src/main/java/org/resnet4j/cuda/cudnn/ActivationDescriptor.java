package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * What a fused convolution applies to its result; NaN stays NaN. Owns one native object; not
 * thread-safe. Source: {@code cudnnActivationDescriptor_t}.
 */
public final class ActivationDescriptor implements AutoCloseable {
  private final NativeObject object;

  private ActivationDescriptor(NativeObject object) {
    this.object = object;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static ActivationDescriptor create(Cudnn cudnn, ActivationMode mode) {
    NativeObject object =
        new NativeObject(
            "activation descriptor",
            cudnn.createActivationDescriptor(),
            cudnn::destroyActivationDescriptor);
    try {
      cudnn.setActivationDescriptor(object.value(), mode, NanPropagation.PROPAGATE_NAN, 0);
      return new ActivationDescriptor(object);
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
