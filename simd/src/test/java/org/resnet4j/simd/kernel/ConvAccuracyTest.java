package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.NetworkShapes;

/**
 * Rounding of the direct algorithms: the componentwise backward error, {@code |y - exact| / (u *
 * sum |terms|)} with {@code u = 2^-24} and exact sums in double, of 100 convolutions.
 */
class ConvAccuracyTest {
  private static final double UNIT = 0x1p-24;
  private static final int SHAPES = 100;
  private static final int SAMPLES = 200;

  /** Twice the growth of a random walk over the longest chain, 256 terms and the partial sums. */
  private static double gate(ConvShape shape) {
    double terms = shape.inChannelsPerGroup() * shape.taps();
    return 2 * Math.sqrt(Tiling.CHUNK + terms / Tiling.CHUNK) + 8;
  }

  /** The networks' convolutions on small maps, then others of many terms. */
  private static List<ConvShape> shapes() {
    List<ConvShape> shapes = new ArrayList<>();
    for (ConvShape full : NetworkShapes.all()) {
      shapes.add(
          new ConvShape(
              full.inChannels(),
              full.outChannels(),
              3,
              5,
              full.kernel(),
              full.stride(),
              full.padding(),
              full.groups()));
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int c = 1; c <= 4; c++) {
      shapes.add(new ConvShape(c, 40, 12, 17, 7, 2, 3, 1));
      shapes.add(new ConvShape(c, 33, 9, 31, 8, 1, 2, 1));
    }
    while (shapes.size() < SHAPES) {
      int kernel = 1 + 2 * random.nextInt(3);
      shapes.add(
          new ConvShape(
              random.nextInt(1, 700), random.nextInt(1, 70), 5, 6, kernel, 1, kernel / 2, 1));
    }
    return shapes;
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGNED", "POSITIVE"})
  void errorStaysBelowTheGate(Numbers numbers) {
    VectorWidth[] widths = VectorWidth.values();
    double largest = 0;
    List<ConvShape> shapes = shapes();
    assertThat(shapes).hasSizeGreaterThanOrEqualTo(SHAPES);
    for (int n = 0; n < shapes.size(); n++) {
      ConvShape shape = shapes.get(n);
      Residual residual = n % 3 == 0 ? Residual.SEPARATE : Residual.NONE;
      ConvProblem problem = ConvProblem.random(numbers, shape, 1, n % 2 == 0, residual, false, n);
      for (ConvAlgorithm algorithm : ConvProblem.direct(shape)) {
        ConvKernel kernel = problem.pack(algorithm, widths[n % widths.length]);
        GuardedRun run = new GuardedRun(problem, kernel.inputBlock());
        float[] y = run.run(run.bind(kernel, Parallel.SERIAL)).output();
        double error = largestError(problem, y);
        assertThat(error).as("%s, %s", shape, algorithm).isLessThanOrEqualTo(gate(shape));
        largest = Math.max(largest, error);
      }
    }
    assertThat(largest).as("rounding must show, or nothing was measured").isGreaterThan(0.5);
  }

  /** Over a sample of the outputs. */
  private static double largestError(ConvProblem problem, float[] y) {
    ConvShape shape = problem.shape();
    SplittableRandom random = new SplittableRandom(problem.seed());
    double largest = 0;
    for (int n = 0; n < SAMPLES; n++) {
      int k = random.nextInt(shape.outChannels());
      int i = random.nextInt(shape.outHeight());
      int j = random.nextInt(shape.outWidth());
      double error = error(problem, k, i, j, y[problem.index(0, k, i, j)]);
      if (!(error <= largest)) {
        largest = error;
      }
    }
    return largest;
  }

  private static double error(ConvProblem problem, int k, int i, int j, float y) {
    ConvShape shape = problem.shape();
    double bias = problem.bias() == null ? 0 : problem.bias()[k];
    double residual =
        problem.residual() == null ? 0 : problem.residual()[problem.index(0, k, i, j)];
    double exact = bias + residual;
    double size = Math.abs(bias) + Math.abs(residual);
    for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
      for (int r = 0; r < shape.kernel(); r++) {
        for (int s = 0; s < shape.kernel(); s++) {
          double term =
              (double) problem.input(0, problem.firstInput(k) + c, i, j, r, s)
                  * problem.weight(k, c, r, s);
          exact += term;
          size += Math.abs(term);
        }
      }
    }
    return Math.abs(y - exact) / (UNIT * size);
  }

  @Test
  void onePercentOffInOneWeightIsBeyondTheGate() {
    ConvShape shape = new ConvShape(64, 8, 3, 3, 3, 1, 1, 1);
    ConvProblem problem =
        ConvProblem.random(Numbers.SIGNED, shape, 1, false, Residual.NONE, false, 1);
    GuardedRun run = new GuardedRun(problem);
    problem.weight()[5 * 576 + 4] *= 1.01f;
    ConvKernel wrong = problem.pack(ConvAlgorithm.IMPLICIT_GEMM, VectorWidth.BITS_256);
    problem.weight()[5 * 576 + 4] /= 1.01f;
    float[] y = run.run(run.bind(wrong, Parallel.SERIAL)).output();
    assertThat(largestError(problem, y)).isGreaterThan(gate(shape));
  }
}
