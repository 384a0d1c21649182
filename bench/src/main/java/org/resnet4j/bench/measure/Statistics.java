package org.resnet4j.bench.measure;

import java.util.Arrays;

/** Order statistics, interpolated linearly between neighbours (NumPy's default). */
public final class Statistics {
  private Statistics() {}

  /** The middle value; of an even number, the mean of the two in the middle. */
  public static double median(double... values) {
    return quantile(values, 0.5);
  }

  static double median(long... values) {
    return quantile(values, 0.5);
  }

  static double quantile(long[] values, double fraction) {
    return quantile(Arrays.stream(values).asDoubleStream().toArray(), fraction);
  }

  /**
   * The value that {@code fraction} of the values do not exceed.
   *
   * @param values in any order, at least one; not changed
   * @param fraction 0 to 1
   */
  public static double quantile(double[] values, double fraction) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double rank = fraction * (sorted.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
