package org.resnet4j.core.image;

/**
 * The weights that make {@code count} neighbouring output samples of one axis: output {@code i} is
 * the sum of inputs {@code start[i] ...} times {@code weights[i * taps ...]}, both {@code
 * length[i]} long.
 *
 * <p>As in Pillow (Resample.c): weights are computed and normalised in double, then rounded half
 * away from zero to {@value #FRACTION_BITS} fraction bits.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record Axis(int[] start, int[] length, int[] weights, int taps) {
  static final int FRACTION_BITS = 22;

  private static final int MAX_WEIGHTS = Integer.MAX_VALUE - 8;

  /**
   * Weights for outputs {@code first ... first + count - 1} of an axis scaled from {@code in} to
   * {@code out} samples.
   */
  static Axis of(int in, long out, long first, int count, Interpolation interpolation) {
    double scale = (double) in / out;
    double stretch = Math.max(scale, 1);
    double support = interpolation.radius * stretch;
    int taps = (int) Math.min((long) Math.ceil(support) * 2 + 1, in);
    if ((long) count * taps > MAX_WEIGHTS) {
      throw new IllegalArgumentException(
          count + " samples of " + taps + " each have more weights than an array");
    }
    int[] start = new int[count];
    int[] length = new int[count];
    int[] weights = new int[count * taps];
    double[] exact = new double[taps];
    for (int i = 0; i < count; i++) {
      double centre = (first + i + 0.5) * scale;
      int from = Math.max((int) (centre - support + 0.5), 0);
      int to = Math.min((int) (centre + support + 0.5), in);
      double sum = 0;
      for (int t = 0; t < to - from; t++) {
        exact[t] = interpolation.weight((t + from - centre + 0.5) * (1 / stretch));
        sum += exact[t];
      }
      for (int t = 0; t < to - from; t++) {
        weights[i * taps + t] = fixed(sum == 0 ? exact[t] : exact[t] / sum);
      }
      start[i] = from;
      length[i] = to - from;
    }
    return new Axis(start, length, weights, taps);
  }

  int end(int output) {
    return start[output] + length[output];
  }

  private static int fixed(double weight) {
    double scaled = weight * (1 << FRACTION_BITS);
    return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
  }
}
