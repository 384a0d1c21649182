package org.resnet4j.bench.jmh;

import java.util.Locale;
import java.util.SplittableRandom;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.WrongAnswerException;

/**
 * Random matrices, row by row.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k inner extent
 * @param a m x k
 * @param b k x n
 */
record GemmProblem(int m, int n, int k, float[] a, float[] b) {
  private static final long SEED = 1;
  private static final int SAMPLES = 1000;

  static GemmProblem of(GemmCase of) {
    return new GemmProblem(
        of.m(),
        of.n(),
        of.k(),
        random(SEED, Math.multiplyExact(of.m(), of.k())),
        random(SEED + 1, Math.multiplyExact(of.k(), of.n())));
  }

  private static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /**
   * Runs an engine once and compares entries of C, the last one among them, with dot products in
   * double precision.
   *
   * @throws WrongAnswerException if they differ
   */
  void check(Engine engine) throws WrongAnswerException {
    engine.run();
    float[] c = engine.answer();
    SplittableRandom random = new SplittableRandom(SEED);
    float[] actual = new float[SAMPLES];
    double[] exact = new double[SAMPLES];
    for (int sample = 0; sample < SAMPLES; sample++) {
      int entry = sample == 0 ? m * n - 1 : random.nextInt(m * n);
      actual[sample] = c[entry];
      exact[sample] = dot(entry / n, entry % n);
    }
    Answers.check(String.format(Locale.ROOT, "m%d n%d k%d", m, n, k), engine.name(), actual, exact);
  }

  private double dot(int row, int column) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
      sum += (double) a[row * k + i] * b[i * n + column];
    }
    return sum;
  }
}
