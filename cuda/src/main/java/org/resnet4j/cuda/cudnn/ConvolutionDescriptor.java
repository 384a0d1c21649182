package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * How a filter moves over an image, and with which arithmetic. Owns one native object; not
 * thread-safe. Source: {@code cudnnConvolutionDescriptor_t}.
 */
public final class ConvolutionDescriptor implements AutoCloseable {
  private final NativeObject object;

  private ConvolutionDescriptor(NativeObject object) {
    this.object = object;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static ConvolutionDescriptor create(
      Cudnn cudnn, ConvolutionGeometry geometry, MathType mathType, DataType computeType) {
    NativeObject object =
        new NativeObject(
            "convolution descriptor",
            cudnn.createConvolutionDescriptor(),
            cudnn::destroyConvolutionDescriptor);
    try {
      cudnn.setConvolution2dDescriptor(
          object.value(),
          geometry.padH(),
          geometry.padW(),
          geometry.strideH(),
          geometry.strideW(),
          geometry.dilationH(),
          geometry.dilationW(),
          ConvolutionMode.CROSS_CORRELATION,
          computeType);
      cudnn.setConvolutionGroupCount(object.value(), geometry.groups());
      cudnn.setConvolutionMathType(object.value(), mathType);
      return new ConvolutionDescriptor(object);
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
