package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * How a filter moves over an image, and with which arithmetic. Owns one native object; belongs to
 * its {@link GpuThread}. Source: {@code cudnnConvolutionDescriptor_t}.
 */
public final class ConvolutionDescriptor implements AutoCloseable {
  private final LegacyApi api;
  private final NativeHandle handle;

  private ConvolutionDescriptor(LegacyApi api, NativeHandle handle) {
    this.api = api;
    this.handle = handle;
  }

  /**
   * Creates.
   *
   * @throws CudaException if cuDNN refuses the values; nothing is left behind
   */
  public static ConvolutionDescriptor create(
      CudnnHandle cudnn, ConvolutionGeometry geometry, MathType mathType, DataType computeType) {
    LegacyApi api = cudnn.cudnn().legacy();
    return new ConvolutionDescriptor(
        api,
        NativeHandle.create(
            cudnn.gpu(),
            "convolution descriptor",
            api::createConvolutionDescriptor,
            api::destroyConvolutionDescriptor,
            descriptor -> set(api, descriptor, geometry, mathType, computeType)));
  }

  private static void set(
      LegacyApi api,
      long descriptor,
      ConvolutionGeometry geometry,
      MathType mathType,
      DataType computeType) {
    api.setConvolution2dDescriptor(
        descriptor,
        geometry.padH(),
        geometry.padW(),
        geometry.strideH(),
        geometry.strideW(),
        geometry.dilationH(),
        geometry.dilationW(),
        ConvolutionMode.CROSS_CORRELATION,
        computeType);
    api.setConvolutionGroupCount(descriptor, geometry.groups());
    api.setConvolutionMathType(descriptor, mathType);
  }

  /** From now on another arithmetic: the one of the {@link AlgorithmResult} that was chosen. */
  public void setMathType(MathType mathType) {
    api.setConvolutionMathType(handle(), mathType);
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
