package org.resnet4j.cuda.cudnn;

/**
 * How a filter moves over an image. Immutable and thread-safe.
 *
 * @param padH rows of zeros above and below
 * @param padW columns of zeros left and right
 * @param strideH rows from window to window
 * @param strideW columns from window to window
 * @param dilationH rows from tap to tap
 * @param dilationW columns from tap to tap
 * @param groups into which the channels are split
 */
public record ConvolutionGeometry(
    int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int groups) {

  /** The same in both directions, without dilation. */
  public static ConvolutionGeometry square(int padding, int stride, int groups) {
    return new ConvolutionGeometry(padding, padding, stride, stride, 1, 1, groups);
  }

  /** Columns or rows of the result. */
  static int outputSize(int input, int kernel, int padding, int stride, int dilation) {
    return Math.floorDiv(input + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
  }

  /** Of a filter of {@code k} channels and {@code r} by {@code s} taps on {@code x}, NHWC. */
  public TensorShape outputNhwc(TensorShape x, int k, int r, int s) {
    return TensorShape.nhwc(
        x.n(),
        k,
        outputSize(x.h(), r, padH, strideH, dilationH),
        outputSize(x.w(), s, padW, strideW, dilationW));
  }
}
