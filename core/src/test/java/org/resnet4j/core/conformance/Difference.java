package org.resnet4j.core.conformance;

/**
 * How two results differ. The zeros +0 and -0 count as equal: a sum that starts from its first
 * product instead of +0 is -0 when every product is, and the reference's never is.
 *
 * @param rr {@code ||y - r||_2 / ||r||_2} over finite values
 * @param rm {@code max|y - r| / max|r|} over finite values
 * @param misplaced NaNs and infinities that only one of the two has, or of another sign
 * @param differing values that differ at all
 * @param worst index of the largest difference, or of the last misplaced value
 */
record Difference(double rr, double rm, int misplaced, int differing, int worst) {
  static Difference between(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new IllegalArgumentException(
          actual.length + " values cannot be compared with " + expected.length);
    }
    double squares = 0;
    double reference = 0;
    double max = 0;
    double maxReference = 0;
    int misplaced = 0;
    int differing = 0;
    int worst = 0;
    for (int i = 0; i < actual.length; i++) {
      float y = actual[i];
      float r = expected[i];
      boolean equal = y == r || (Float.isNaN(y) && Float.isNaN(r));
      differing += equal ? 0 : 1;
      if (!Float.isFinite(y) || !Float.isFinite(r)) {
        misplaced += equal ? 0 : 1;
        worst = equal ? worst : i;
        continue;
      }
      double error = Math.abs((double) y - r);
      worst = misplaced == 0 && error > max ? i : worst;
      max = Math.max(max, error);
      maxReference = Math.max(maxReference, Math.abs(r));
      squares += error * error;
      reference += (double) r * r;
    }
    return new Difference(
        Math.sqrt(ratio(squares, reference)),
        ratio(max, maxReference),
        misplaced,
        differing,
        worst);
  }

  private static double ratio(double error, double reference) {
    return error == 0 ? 0 : error / reference;
  }

  /** For an assertion's message. */
  String describe(float[] actual, float[] expected, Tolerance gates) {
    return String.format(
        "%d of %d values differ, %d NaN or infinite where the other is not; RR %.3g (gate %.3g),"
            + " RM %.3g (gate %.3g); worst at index %d: %s, expected %s",
        differing,
        actual.length,
        misplaced,
        rr,
        gates.rr(),
        rm,
        gates.rm(),
        worst,
        actual[worst],
        expected[worst]);
  }
}
