package org.resnet4j.core.tensor;

/**
 * The extents {@code C x H x W} of one image's activation. The batch is not part of it: a graph is
 * built per image and a session runs as many as it was opened for.
 *
 * @param channels C, at least 1
 * @param height H in pixels, at least 1
 * @param width W in pixels, at least 1
 */
public record Shape(int channels, int height, int width) {
  /**
   * Checks that every extent is at least 1 and the number of values below 2<sup>63</sup>.
   *
   * @throws IllegalArgumentException if not
   */
  public Shape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "extents must be at least 1: " + channels + "x" + height + "x" + width);
    }
    if (Math.multiplyHigh((long) channels * height, width) != 0
        || (long) channels * height * width < 0) {
      throw new IllegalArgumentException(
          "more values than can be counted: " + channels + "x" + height + "x" + width);
    }
  }

  /** Number of floats, {@code C * H * W}. */
  public long size() {
    return (long) channels * height * width;
  }

  /** Number of pixels, {@code H * W}. */
  public long pixels() {
    return (long) height * width;
  }

  /** {@code "64x56x56"}. */
  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
