package org.resnet4j.core.graph;

/**
 * A square sliding window: {@code out = floor((in + 2 * padding - kernel) / stride) + 1} per axis.
 *
 * @param kernel extent of the window in pixels, at least 1
 * @param stride step in pixels, at least 1
 * @param padding pixels added on each side, less than {@code kernel}
 */
public record Window(int kernel, int stride, int padding) {
  /** So that its taps can be counted in an {@code int}. */
  private static final int MAX_KERNEL = 1 << 15;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public Window {
    if (kernel < 1 || kernel > MAX_KERNEL || stride < 1 || padding < 0 || padding >= kernel) {
      throw new IllegalArgumentException(
          "impossible window: kernel " + kernel + ", stride " + stride + ", padding " + padding);
    }
  }

  /**
   * Output extent for an input extent in pixels; less than 1 if the window does not fit, and {@code
   * Integer.MAX_VALUE} where it is more.
   */
  public int outputExtent(int extent) {
    long steps = Math.floorDiv(extent + 2L * padding - kernel, (long) stride);
    return (int) Math.min(steps + 1, Integer.MAX_VALUE);
  }

  /** {@code "3x3/2 pad 1"}. */
  @Override
  public String toString() {
    return kernel
        + "x"
        + kernel
        + (stride == 1 ? "" : "/" + stride)
        + (padding == 0 ? "" : " pad " + padding);
  }
}
