package org.resnet4j.golden;

import java.util.BitSet;
import java.util.Locale;
import java.util.stream.IntStream;

/** Whether two rows of logits name the same best classes. */
public enum Agreement {
  /** The same set. */
  AGREES,
  /** Another set, but the reference cannot tell the classes apart within the error. */
  TIED,
  /** Another set. */
  DIFFERS;

  /** What reports call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Compares the sets of the {@code k} largest logits of each image; the least agreement counts.
   *
   * <p>A different set is {@link #TIED} if the reference's margin {@code r_k - r_(k+1)} is at most
   * {@code 2 min(max |y - r|, maxRm max |r|)} of that image. The error alone would excuse any
   * difference, because two values change places only if the error is half their distance; the
   * second bound is what a passing network may err at most. A NaN among the actual logits differs.
   *
   * @param k how many classes; with {@code k >= classes} the sets are always equal
   * @param actual [N, classes]
   * @param expected [N, classes], finite
   * @param maxRm {@link Gates#maxRm}
   */
  static Agreement of(int k, int classes, float[] actual, double[] expected, double maxRm) {
    Agreement least = AGREES;
    for (int from = 0; from < expected.length; from += classes) {
      Agreement image = ofImage(k, classes, from, actual, expected, maxRm);
      least = image.compareTo(least) > 0 ? image : least;
    }
    return least;
  }

  private static Agreement ofImage(
      int k, int classes, int from, float[] actual, double[] expected, double maxRm) {
    double[] y = new double[classes];
    double[] r = new double[classes];
    double maxAbs = 0;
    double maxExpected = 0;
    for (int i = 0; i < classes; i++) {
      y[i] = actual[from + i];
      r[i] = expected[from + i];
      if (Double.isNaN(y[i])) {
        return DIFFERS;
      }
      maxAbs = Math.max(maxAbs, Math.abs(y[i] - r[i]));
      maxExpected = Math.max(maxExpected, Math.abs(r[i]));
    }
    int[] ranking = ranking(r);
    if (k >= classes || set(ranking(y), k).equals(set(ranking, k))) {
      return AGREES;
    }
    double margin = r[ranking[k - 1]] - r[ranking[k]];
    return margin <= 2 * Math.min(maxAbs, maxRm * maxExpected) ? TIED : DIFFERS;
  }

  private static int[] ranking(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted((a, b) -> Double.compare(values[b], values[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static BitSet set(int[] ranking, int k) {
    BitSet set = new BitSet();
    IntStream.of(ranking).limit(k).forEach(set::set);
    return set;
  }
}
