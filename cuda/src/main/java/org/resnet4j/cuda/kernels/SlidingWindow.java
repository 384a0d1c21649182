package org.resnet4j.cuda.kernels;

/**
 * A square window that slides over an image: window (p, q) begins at pixel p * stride - padding, q
 * * stride - padding, and its side is {@code kernel} pixels. Sizes are in pixels. A size below 1, a
 * padding of a window or more and a window greater than the padded image are refused with {@link
 * IllegalArgumentException}.
 */
public record SlidingWindow(int height, int width, int kernel, int stride, int padding) {
  public SlidingWindow {
    Counts.positive(height, width, kernel, stride);
    Counts.require(
        padding >= 0 && padding < kernel, () -> "padding " + padding + " of a window of " + kernel);
    Counts.require(
        Math.max(height, width) + 2L * padding <= Integer.MAX_VALUE,
        () -> "an image of " + height + " x " + width + " with a padding of " + padding);
    Counts.require(
        kernel <= Math.min(height, width) + 2L * padding,
        () -> "a window of " + kernel + " exceeds an image of " + height + " x " + width);
  }

  /** Windows from top to bottom. */
  public int targetHeight() {
    return (int) ((height + 2L * padding - kernel) / stride + 1);
  }

  /** Windows from left to right. */
  public int targetWidth() {
    return (int) ((width + 2L * padding - kernel) / stride + 1);
  }
}
