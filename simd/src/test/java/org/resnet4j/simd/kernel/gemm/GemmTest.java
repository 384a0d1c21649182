package org.resnet4j.simd.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.gemm.Gemm.Transpose;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;

class GemmTest {
  /**
   * One product with its operands in larger arrays, so that offsets and leading dimensions matter.
   */
  private record Case(
      int m, int n, int k, float alpha, float beta, Transpose ta, Transpose tb, long seed) {
    private static final int PAD = 3;

    float[] matrix(SplittableRandom random, int rows, int columns, boolean integers) {
      float[] values = new float[rows * (columns + PAD) + 2 * PAD];
      for (int i = 0; i < values.length; i++) {
        values[i] = integers ? random.nextInt(-32, 33) : (float) random.nextDouble(-1, 1);
      }
      return values;
    }

    Matrix a(float[] data) {
      return new Matrix(data, PAD, (ta == Transpose.NO ? k : m) + PAD, ta);
    }

    Matrix b(float[] data) {
      return new Matrix(data, PAD, (tb == Transpose.NO ? n : k) + PAD, tb);
    }

    Matrix c(float[] data) {
      return new Matrix(data, PAD, n + PAD, Transpose.NO);
    }

    float[] aData(SplittableRandom random, boolean integers) {
      return ta == Transpose.NO ? matrix(random, m, k, integers) : matrix(random, k, m, integers);
    }

    float[] bData(SplittableRandom random, boolean integers) {
      return tb == Transpose.NO ? matrix(random, k, n, integers) : matrix(random, n, k, integers);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    int[] extents = {1, 2, 7, 13, 14, 15, 16, 17, 31, 33, 64, 65};
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 160; i++) {
      cases.add(
          new Case(
              extents[random.nextInt(extents.length)],
              extents[random.nextInt(extents.length)],
              i % 5 == 0 ? 256 + random.nextInt(300) : extents[random.nextInt(extents.length)],
              random.nextInt(-2, 3),
              random.nextInt(-1, 3),
              random.nextBoolean() ? Transpose.NO : Transpose.YES,
              random.nextBoolean() ? Transpose.NO : Transpose.YES,
              i));
    }
    cases.add(new Case(450, 70, 20, 1, 0, Transpose.NO, Transpose.NO, 1000)); // several blocks of A
    cases.add(new Case(3, 4100, 5, 1, 1, Transpose.NO, Transpose.YES, 1001)); // several blocks of B
    cases.add(new Case(4, 4, 0, 1, 2, Transpose.NO, Transpose.NO, 1002));
    cases.add(new Case(1, 131, 530, 2, 1, Transpose.NO, Transpose.NO, 1003)); // one row
    cases.add(new Case(1, 15, 7, 1, 0, Transpose.YES, Transpose.NO, 1004));
    return cases;
  }

  /** Integers whose sums stay below 2^24 leave no room for rounding: every bit must be right. */
  @ParameterizedTest
  @MethodSource("cases")
  void integersAreExactAtEveryWidth(Case c) {
    for (VectorWidth width : VectorWidth.values()) {
      SplittableRandom random = new SplittableRandom(c.seed());
      float[] a = c.aData(random, true);
      float[] b = c.bData(random, true);
      float[] result = c.matrix(random, c.m(), c.n(), true);
      float[] expected = expected(c, a, b, result);
      new Gemm(width, Parallel.SERIAL)
          .multiply(c.m(), c.n(), c.k(), c.alpha(), c.a(a), c.b(b), c.beta(), c.c(result));
      assertThat(firstDifference(result, expected)).as("%s at %s", c, width).isEqualTo(-1);
    }
  }

  /** Index of the first differing value, or -1; zeros of either sign are equal. */
  private static int firstDifference(float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (actual[i] != expected[i]) {
        return i;
      }
    }
    return actual.length == expected.length ? -1 : expected.length;
  }

  private static float[] expected(Case c, float[] a, float[] b, float[] old) {
    float[] result = old.clone();
    Matrix ma = c.a(a);
    Matrix mb = c.b(b);
    Matrix mc = c.c(result);
    for (int i = 0; i < c.m(); i++) {
      for (int j = 0; j < c.n(); j++) {
        double sum = 0;
        for (int p = 0; p < c.k(); p++) {
          sum +=
              (double) a[ma.offset() + i * ma.rowStep() + p * ma.columnStep()]
                  * b[mb.offset() + p * mb.rowStep() + j * mb.columnStep()];
        }
        int at = mc.offset() + i * mc.ld() + j;
        result[at] = (float) (c.alpha() * sum + c.beta() * old[at]);
      }
    }
    return result;
  }

  /**
   * Componentwise bound of a chain of 256 terms and the sum of the chunks; reliability of the gate:
   * 1 % of one term breaks it.
   */
  @Test
  void realNumbersStayWithinTheBound() {
    int k = 700;
    Case c = new Case(29, 35, k, 1f, 0f, Transpose.NO, Transpose.NO, 5);
    SplittableRandom random = new SplittableRandom(5);
    float[] a = c.aData(random, false);
    float[] b = c.bData(random, false);
    float[] result = new float[c.m() * (c.n() + 3) + 6];
    Gemm.serial().multiply(29, 35, k, 1f, c.a(a), c.b(b), 0f, c.c(result));
    double worst = 0;
    for (int i = 0; i < c.m(); i++) {
      for (int j = 0; j < c.n(); j++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double term = (double) a[3 + i * (k + 3) + p] * b[3 + p * (35 + 3) + j];
          sum += term;
          magnitude += Math.abs(term);
        }
        double error = Math.abs(result[3 + i * 38 + j] - sum) / (magnitude * 0x1p-24);
        worst = Math.max(worst, error);
      }
    }
    assertThat(worst).isBetween(0.0, 2 * Math.sqrt(256 + 3) + 8);
  }

  @ParameterizedTest
  @EnumSource
  void theSameBitsForAnyNumberOfThreads(VectorWidth width) {
    Case c = new Case(100, 90, 530, 0.5f, 0.25f, Transpose.NO, Transpose.YES, 9);
    float[] expected = product(c, VectorWidth.BITS_128, Parallel.SERIAL);
    assertThat(product(c, width, Parallel.SERIAL)).isEqualTo(expected);
    assertThat(product(c, width, streams(3))).isEqualTo(expected);
  }

  /** One row alone goes another way. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aRowAloneHasTheBitsItHasAmongOthers(int threads) {
    int m = 5;
    int n = 203;
    int k = 530;
    SplittableRandom random = new SplittableRandom(6);
    Case c = new Case(m, n, k, 0.5f, 0.25f, Transpose.NO, Transpose.NO, 6);
    float[] a = c.aData(random, false);
    float[] b = c.bData(random, false);
    float[] among = c.matrix(random, m, n, false);
    float[] alone = among.clone();
    Gemm gemm =
        new Gemm(VectorWidth.preferred(), threads == 1 ? Parallel.SERIAL : streams(threads));
    gemm.multiply(m, n, k, 0.5f, c.a(a), c.b(b), 0.25f, c.c(among));
    for (int i = 0; i < m; i++) {
      Matrix row = new Matrix(a, c.a(a).offset() + i * c.a(a).ld(), k, Transpose.NO);
      Matrix result = new Matrix(alone, c.c(alone).offset() + i * c.c(alone).ld(), n, Transpose.NO);
      gemm.multiply(1, n, k, 0.5f, row, c.b(b), 0.25f, result);
    }
    assertThat(alone).isEqualTo(among);
  }

  private static float[] product(Case c, VectorWidth width, Parallel parallel) {
    SplittableRandom random = new SplittableRandom(c.seed());
    float[] a = c.aData(random, false);
    float[] b = c.bData(random, false);
    float[] result = c.matrix(random, c.m(), c.n(), false);
    new Gemm(width, parallel)
        .multiply(c.m(), c.n(), c.k(), c.alpha(), c.a(a), c.b(b), c.beta(), c.c(result));
    return result;
  }

  /** Items in reverse and worker numbers that differ: an order no serial run has. */
  private static Parallel streams(int threads) {
    return new Parallel() {
      @Override
      public int threads() {
        return threads;
      }

      @Override
      public void run(int items, Task task) {
        IntStream.range(0, items).forEach(i -> task.run(items - 1 - i, i % threads));
      }
    };
  }

  @Test
  void zeroBetaDoesNotReadC() {
    float[] c = new float[6];
    Arrays.fill(c, Float.NaN);
    Gemm.serial()
        .multiply(
            2,
            3,
            1,
            1f,
            Matrix.of(new float[] {1, 2}, 1),
            Matrix.of(new float[] {3, 4, 5}, 3),
            0f,
            Matrix.of(c, 3));
    assertThat(c).containsExactly(3, 4, 5, 6, 8, 10);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Matrix ok = Matrix.of(new float[6], 3);
    assertThatThrownBy(() -> Gemm.serial().multiply(2, 3, 3, 1, ok, ok, 0, ok))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Gemm.serial().multiply(2, 4, 1, 1, ok, ok, 0, ok))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leading dimension 3");
    assertThatThrownBy(() -> Gemm.serial().multiply(-1, 3, 3, 1, ok, ok, 0, ok))
        .hasMessageContaining("m -1");
    assertThatThrownBy(() -> Gemm.serial().multiply(2, 2, 2, 1, ok, ok, 0, ok.transposed()))
        .hasMessageContaining("transposed");
  }
}
