package org.resnet4j.simd.kernel.conv;

/**
 * A two-dimensional convolution's extents, as {@code torch.nn.Conv2d} names them; kernel, stride
 * and padding are equal on both axes and there is no dilation.
 *
 * @param inChannels C
 * @param outChannels K
 * @param height H of the input
 * @param width W of the input
 * @param kernel R = S
 * @param stride at least 1
 * @param padding zeros on each side, less than {@code kernel}
 * @param groups divides C and K; each group of outputs sees C/groups inputs
 */
public record ConvShape(
    int inChannels,
    int outChannels,
    int height,
    int width,
    int kernel,
    int stride,
    int padding,
    int groups) {
  private static final int MAX_KERNEL = 1 << 15;
  private static final double MAX_WEIGHTS = Integer.MAX_VALUE;

  /** So that multiply-adds can be counted in a {@code long}. */
  private static final double MAX_MULTIPLY_ADDS = 0x1p62;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if no such convolution exists, or it has more weights than an
   *     array holds or more than 2<sup>62</sup> multiply-adds
   */
  public ConvShape {
    if (inChannels < 1
        || outChannels < 1
        || height < 1
        || width < 1
        || kernel < 1
        || stride < 1
        || padding < 0
        || padding >= kernel
        || groups < 1
        || inChannels % groups != 0
        || outChannels % groups != 0
        || height + 2L * padding < kernel
        || width + 2L * padding < kernel
        || kernel > MAX_KERNEL
        || weights(inChannels / groups, outChannels, kernel) > MAX_WEIGHTS
        || weights(inChannels / groups, outChannels, kernel) * height * width > MAX_MULTIPLY_ADDS) {
      throw new IllegalArgumentException(
          "impossible convolution: "
              + inChannels
              + "->"
              + outChannels
              + " on "
              + height
              + "x"
              + width
              + ", kernel "
              + kernel
              + ", stride "
              + stride
              + ", padding "
              + padding
              + ", groups "
              + groups);
    }
  }

  /** Without overflow. */
  private static double weights(int inChannelsPerGroup, double outChannels, double kernel) {
    return inChannelsPerGroup * outChannels * kernel * kernel;
  }

  /** P, the output's height. */
  public int outHeight() {
    return (height + 2 * padding - kernel) / stride + 1;
  }

  /** Q, the output's width. */
  public int outWidth() {
    return (width + 2 * padding - kernel) / stride + 1;
  }

  /** C/groups. */
  public int inChannelsPerGroup() {
    return inChannels / groups;
  }

  /** K/groups. */
  public int outChannelsPerGroup() {
    return outChannels / groups;
  }

  /** Number of weights, {@code K * C/groups * R * S}. */
  public int weights() {
    return outChannels * inChannelsPerGroup() * taps();
  }

  /** R * S. */
  public int taps() {
    return kernel * kernel;
  }

  /** First input channel of the group that output channel {@code k} belongs to. */
  public int firstInput(int k) {
    return k / outChannelsPerGroup() * inChannelsPerGroup();
  }

  /** Multiply-adds for one image. */
  public long multiplyAdds() {
    return (long) weights() * outHeight() * outWidth();
  }

  /** Whether each output pixel depends on one input pixel and the two images have the same size. */
  public boolean isPointwise() {
    return kernel == 1 && stride == 1;
  }
}
