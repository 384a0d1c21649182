package org.resnet4j.cuda.cudnn;

/**
 * What a {@link ConvGraph} computes: {@code y = relu(conv(x, w) + residual + bias)}, each of the
 * last three optional. Accumulates and adds in float32; whether NaN survives the ReLU is the
 * engine's choice. Immutable and thread-safe.
 *
 * @param type of x, w, residual, bias and y
 * @param x input, NHWC
 * @param k output channels
 * @param r rows of the filter, which is K, R, S, C / groups in memory
 * @param s columns of the filter
 * @param geometry of the convolution
 * @param residual whether a tensor shaped as y is added
 * @param bias whether a number per channel is added
 * @param relu whether negative results become 0
 */
public record GraphSpec(
    DataType type,
    TensorShape x,
    int k,
    int r,
    int s,
    ConvolutionGeometry geometry,
    boolean residual,
    boolean bias,
    boolean relu) {

  /**
   * Checks the groups.
   *
   * @throws IllegalArgumentException if they do not divide the channels; cuDNN would take another
   *     number of groups
   */
  public GraphSpec {
    int groups = geometry.groups();
    if (groups < 1 || x.c() % groups != 0 || k % groups != 0) {
      throw new IllegalArgumentException(
          "%s groups do not divide %s input and %s output channels".formatted(groups, x.c(), k));
    }
  }

  /** The result, NHWC. */
  public TensorShape y() {
    return geometry.outputNhwc(x, k, r, s);
  }

  /** The weights: channels innermost, as NHWC with K for N. */
  TensorShape w() {
    return TensorShape.nhwc(k, x.c() / geometry.groups(), r, s);
  }
}
