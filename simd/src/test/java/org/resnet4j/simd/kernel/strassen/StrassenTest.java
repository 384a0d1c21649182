package org.resnet4j.simd.kernel.strassen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/** Strassen's algorithm, in memory where nothing else may be read or written. */
class StrassenTest {
  private static final ConvAlgorithm STRASSEN = ConvAlgorithm.STRASSEN_GEMM;

  private static ConvShape random(SplittableRandom random) {
    int stride = random.nextInt(1, 3);
    return new ConvShape(
        32 * random.nextInt(1, 4),
        32 * random.nextInt(1, 6),
        random.nextInt(1, 12),
        random.nextInt(1, 34),
        1,
        stride,
        0,
        1);
  }

  /** Every combination of small integers is exact, so not a bit may differ. */
  @ParameterizedTest
  @EnumSource
  void integersAreExact(VectorWidth width) {
    SplittableRandom random = new SplittableRandom(1);
    for (int seed = 0; seed < 150; seed++) {
      ConvShape shape = random(random);
      boolean same = shape.stride() == 1 && shape.inChannels() == shape.outChannels();
      Residual residual = Residual.values()[seed % (same ? 3 : 2)];
      ConvProblem problem =
          ConvProblem.random(
              Numbers.INTEGERS, shape, 1 + seed % 3, seed % 4 > 0, residual, seed % 2 == 0, seed);
      GuardedRun run = new GuardedRun(problem).expect(new IntegerOracle(problem).expected());
      BoundConv conv = run.bind(problem.pack(STRASSEN, width), GuardedRun.BACKWARDS);
      run.run(conv).check("at " + width);
      run.stain(conv);
      run.run(conv).check("after NaN, at " + width);
    }
  }

  /** More than one partial sum. */
  @Test
  void aLongSumIsExact() {
    ConvShape shape = new ConvShape(2080, 32, 2, 3, 1, 1, 0, 1);
    ConvProblem problem =
        ConvProblem.random(Numbers.INTEGERS, shape, 1, true, Residual.NONE, false, 3);
    GuardedRun run = new GuardedRun(problem).expect(new IntegerOracle(problem).expected());
    run.run(run.bind(problem.pack(STRASSEN, VectorWidth.BITS_256), Parallel.SERIAL)).check("long");
  }

  /** Neither width, nor threads, nor the images beside an image change its bits. */
  @Test
  void sameBits() {
    ConvShape shape = new ConvShape(96, 128, 9, 17, 1, 1, 0, 1);
    ConvProblem one = ConvProblem.random(Numbers.SIGNED, shape, 1, true, Residual.NONE, true, 4);
    int images = 3;
    float[] x = new float[images * one.x().length];
    for (int i = 0; i < images; i++) {
      System.arraycopy(one.x(), 0, x, i * one.x().length, one.x().length);
    }
    ConvProblem many = new ConvProblem(shape, images, x, one.weight(), one.bias(), null, true, 4);
    float[] expected = null;
    for (VectorWidth width : VectorWidth.values()) {
      GuardedRun single = new GuardedRun(one);
      float[] y = single.run(single.bind(one.pack(STRASSEN, width), Parallel.SERIAL)).output();
      expected = expected == null ? y : expected;
      assertThat(y).as("%s", width).isEqualTo(expected);
      GuardedRun batch = new GuardedRun(many);
      float[] all =
          batch.run(batch.bind(many.pack(STRASSEN, width), GuardedRun.BACKWARDS)).output();
      for (int i = 0; i < images; i++) {
        int from = i * y.length;
        assertThat(Arrays.copyOfRange(all, from, from + y.length)).isEqualTo(expected);
      }
    }
  }

  /**
   * A few times the rounding of a direct sum: Higham, Accuracy and Stability of Numerical
   * Algorithms, section 23.2.2, bounds one level by 12 times.
   */
  @Test
  void roundsLittleMoreThanADirectSum() {
    ConvShape shape = new ConvShape(512, 64, 14, 14, 1, 1, 0, 1);
    ConvProblem problem =
        ConvProblem.random(Numbers.SIGNED, shape, 1, true, Residual.SEPARATE, false, 5);
    double strassen = error(problem, STRASSEN);
    double direct = error(problem, ConvAlgorithm.IMPLICIT_GEMM);
    assertThat(direct).isPositive();
    assertThat(strassen).isBetween(direct, 12 * direct);
  }

  /** The largest error of all outputs. */
  private static double error(ConvProblem problem, ConvAlgorithm algorithm) {
    ConvShape shape = problem.shape();
    GuardedRun run = new GuardedRun(problem);
    BoundConv conv = run.bind(problem.pack(algorithm, VectorWidth.BITS_512), Parallel.SERIAL);
    float[] y = run.run(conv).output();
    double largest = 0;
    for (int k = 0; k < shape.outChannels(); k++) {
      for (int i = 0; i < shape.outHeight(); i++) {
        for (int j = 0; j < shape.outWidth(); j++) {
          int at = problem.index(0, k, i, j);
          double exact = problem.bias()[k] + (double) problem.residual()[at];
          for (int c = 0; c < shape.inChannels(); c++) {
            exact += (double) problem.input(0, c, i, j, 0, 0) * problem.weight(k, c, 0, 0);
          }
          largest = Math.max(largest, Math.abs(y[at] - exact));
        }
      }
    }
    return largest;
  }

  @Test
  void refusesOtherConvolutions() {
    for (ConvShape other :
        new ConvShape[] {
          new ConvShape(48, 64, 8, 8, 1, 1, 0, 1),
          new ConvShape(64, 48, 8, 8, 1, 1, 0, 1),
          new ConvShape(64, 64, 8, 8, 3, 1, 1, 1),
          new ConvShape(64, 64, 8, 8, 1, 1, 0, 2)
        }) {
      float[] weight = new float[other.weights()];
      assertThat(ConvAlgorithms.applicable(other)).doesNotContain(STRASSEN);
      assertThatThrownBy(
              () -> ConvAlgorithms.pack(other, STRASSEN, VectorWidth.BITS_128, weight, null, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("STRASSEN_GEMM needs a 1x1 kernel");
    }
  }
}
