package org.resnet4j.golden;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Arithmetic of the tests. */
final class Logits {
  private Logits() {}

  /** Index of the largest value, the first of equals. */
  static int top(double[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .orElseThrow();
  }

  /** Largest value less the second largest. */
  static double margin(double[] logits) {
    double[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - 1] - sorted[sorted.length - 2];
  }

  /** {@code |actual - expected| / |expected|} in the 2-norm. */
  static double residual(float[] actual, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** {@code max |actual - expected|}. */
  static double maxError(float[] actual, double[] expected) {
    return IntStream.range(0, expected.length)
        .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
        .max()
        .orElseThrow();
  }
}
