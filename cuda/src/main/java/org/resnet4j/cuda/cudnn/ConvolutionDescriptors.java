package org.resnet4j.cuda.cudnn;

/**
 * The descriptors of one convolution, which their makers own.
 *
 * @param x input
 * @param w weights
 * @param convolution geometry
 * @param y result
 */
public record ConvolutionDescriptors(
    TensorDescriptor x, FilterDescriptor w, ConvolutionDescriptor convolution, TensorDescriptor y) {

  /**
   * Device addresses of one convolution. The result must not overlap input or weights.
   *
   * @param x input
   * @param w weights
   * @param y result
   */
  public record Data(long x, long w, long y) {}
}
