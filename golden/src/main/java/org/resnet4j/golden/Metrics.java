package org.resnet4j.golden;

/**
 * How far values {@code y} are from what they must be, {@code r}. All arithmetic is in double.
 *
 * <p>Positions where {@code r} is not finite must hold the same in {@code y} (NaN for NaN, an
 * infinity for the infinity of its sign) and then count for nothing. If one differs, or {@code y}
 * is not finite where {@code r} is, all three measures are infinite. A quotient {@code 0 / 0} is 0.
 *
 * @param maxAbs {@code max |y - r|}, in the values' own units
 * @param rm {@code max |y - r| / max |r|}
 * @param rr the relative residual {@code |y - r|_2 / |r|_2}
 * @param worst index of the largest difference, the first of equals; if {@code misplaced}, of the
 *     first position where only one is finite or both are not and differ
 * @param misplaced whether NaN or infinities stand in other places than they must
 */
public record Metrics(double maxAbs, double rm, double rr, int worst, boolean misplaced) {
  /**
   * Compares {@code actual} with {@code expected}.
   *
   * @throws IllegalArgumentException if they differ in length or are empty
   */
  public static Metrics of(float[] actual, double[] expected) {
    if (actual.length != expected.length || expected.length == 0) {
      throw new IllegalArgumentException(
          actual.length + " values to compare with " + expected.length);
    }
    double maxAbs = 0;
    double maxExpected = 0;
    double difference = 0;
    double norm = 0;
    int worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double y = actual[i];
      double r = expected[i];
      if (!Double.isFinite(y) || !Double.isFinite(r)) {
        // compare() finds NaN equal to NaN and tells the infinities apart.
        if (Double.compare(y, r) != 0) {
          double infinity = Double.POSITIVE_INFINITY;
          return new Metrics(infinity, infinity, infinity, i, true);
        }
        continue;
      }
      double error = Math.abs(y - r);
      if (error > maxAbs) {
        maxAbs = error;
        worst = i;
      }
      maxExpected = Math.max(maxExpected, Math.abs(r));
      difference += error * error;
      norm += r * r;
    }
    return new Metrics(
        maxAbs,
        quotient(maxAbs, maxExpected),
        quotient(Math.sqrt(difference), Math.sqrt(norm)),
        worst,
        false);
  }

  private static double quotient(double error, double size) {
    return error == 0 ? 0 : error / size;
  }
}
