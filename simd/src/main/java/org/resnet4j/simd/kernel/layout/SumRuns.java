package org.resnet4j.simd.kernel.layout;

/**
 * How the values of an image are added: few in row-major order; of many the sums of short runs,
 * then the sums of those, since the error of a float32 sum grows with the additions that follow
 * each other. Stateless.
 */
public final class SumRuns {
  /** Of so many values of one sign, one sum is at most 255 roundings off, 1.5e-5. */
  private static final int FEW = 256;

  private SumRuns() {}

  /** Whether an image's pixels are added one after the other. */
  public static boolean isOne(BlockedLayout x) {
    return (long) x.height() * x.width() <= FEW;
  }

  /** How many of {@code extent} values, or sums, are added up before their sum is added. */
  public static int length(int extent) {
    return (int) Math.ceil(Math.sqrt(extent));
  }
}
