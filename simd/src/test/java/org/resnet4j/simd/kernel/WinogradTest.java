package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.ConvProblem.Numbers;
import org.resnet4j.simd.kernel.ConvProblem.Residual;

/** Winograd from its algebra to whole convolutions in memory where nothing else may be read. */
class WinogradTest {
  private static final int PIXEL = BlockedLayout.BLOCK;

  /** Error over the largest output: a few times what arXiv 1803.10986 measures for such points. */
  private static double gate(WinogradTile tile) {
    return switch (tile) {
      case F2 -> 3e-6;
      case F4 -> 1e-5;
    };
  }

  @ParameterizedTest
  @EnumSource
  void theAlgebraIsAConvolution(WinogradTile tile) {
    SplittableRandom random = new SplittableRandom(1);
    int extent = tile.extent();
    double[][] inputs = new double[extent][extent];
    for (double[] row : inputs) {
      Arrays.setAll(row, _ -> random.nextDouble(-1, 1));
    }
    float[] weights = new float[9];
    for (int i = 0; i < 9; i++) {
      weights[i] = (float) random.nextDouble(-1, 1);
    }
    double[] u = new double[tile.elements()];
    WinogradTile.transformWeights(tile.weightMatrix(), weights, 0, u);
    double[][] products = product(inputMatrix(tile), inputs);
    for (int i = 0; i < extent; i++) {
      for (int j = 0; j < extent; j++) {
        products[i][j] *= u[i * extent + j];
      }
    }
    double[][] outputs = product(outputMatrix(tile), products);
    for (int i = 0; i < tile.outputs(); i++) {
      for (int j = 0; j < tile.outputs(); j++) {
        double expected = 0;
        for (int tap = 0; tap < 9; tap++) {
          expected += inputs[i + tap / 3][j + tap % 3] * weights[tap];
        }
        assertThat(outputs[i][j]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  /** {@code B^T}, of {@code m + 2} rows and columns. */
  private static double[][] inputMatrix(WinogradTile tile) {
    double[] points = tile.points();
    double[][] matrix = new double[tile.extent()][];
    for (int j = 0; j < tile.extent(); j++) {
      double[] polynomial = new double[tile.extent()];
      polynomial[0] = 1;
      int degree = 0;
      for (int l = 0; l < points.length; l++) {
        if (l != j) {
          degree++;
          for (int i = degree; i >= 0; i--) {
            polynomial[i] = (i > 0 ? polynomial[i - 1] : 0) - points[l] * polynomial[i];
          }
        }
      }
      matrix[j] = polynomial;
    }
    return matrix;
  }

  /** {@code A^T}, of {@code m} rows and {@code m + 2} columns. */
  private static double[][] outputMatrix(WinogradTile tile) {
    double[] points = tile.points();
    double[][] matrix = new double[tile.outputs()][tile.extent()];
    for (int i = 0; i < tile.outputs(); i++) {
      for (int j = 0; j < points.length; j++) {
        matrix[i][j] = Math.pow(points[j], i);
      }
    }
    matrix[tile.outputs() - 1][tile.extent() - 1] = 1;
    return matrix;
  }

  /** {@code m x m^T}. */
  private static double[][] product(double[][] m, double[][] x) {
    double[][] result = new double[m.length][m.length];
    for (int i = 0; i < m.length; i++) {
      for (int j = 0; j < m.length; j++) {
        for (int k = 0; k < x.length; k++) {
          for (int l = 0; l < x.length; l++) {
            result[i][j] += m[i][k] * x[k][l] * m[j][l];
          }
        }
      }
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  void theVectorCodeComputesTheMatrices(WinogradTile tile) {
    SplittableRandom random = new SplittableRandom(2);
    int extent = tile.extent();
    float[] x = new float[(extent + 3) * extent * PIXEL + 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    int stride = 3 * PIXEL;
    float[] v = new float[tile.elements() * stride + 9];
    int rowStride = (extent + 2) * PIXEL;
    WinogradTransform.input(tile, x, 5, rowStride, v, 9, stride);
    float[] bias = new float[PIXEL];
    for (int lane = 0; lane < PIXEL; lane++) {
      bias[lane] = lane / 8f;
    }
    float[] floor = new float[PIXEL];
    Arrays.fill(floor, -0.5f);
    float[] y = new float[tile.outputs() * tile.outputs() * PIXEL];
    WinogradTransform.output(
        tile, v.clone(), 9, stride, bias, 0, floor, x, 5, rowStride, y, 0, tile.outputs() * PIXEL);
    for (int lane = 0; lane < PIXEL; lane++) {
      double[][] d = new double[extent][extent];
      for (int i = 0; i < extent; i++) {
        for (int j = 0; j < extent; j++) {
          d[i][j] = x[5 + i * rowStride + j * PIXEL + lane];
        }
      }
      double[][] transformed = product(inputMatrix(tile), d);
      for (int e = 0; e < tile.elements(); e++) {
        double expected = transformed[e / extent][e % extent];
        assertThat((double) v[9 + e * stride + lane]).isCloseTo(expected, within(1e-5));
      }
      double[][] back = product(outputMatrix(tile), transformed);
      for (int i = 0; i < tile.outputs(); i++) {
        for (int j = 0; j < tile.outputs(); j++) {
          double expected = Math.max(back[i][j] + bias[lane] + d[i][j], -0.5);
          double actual = y[(i * tile.outputs() + j) * PIXEL + lane];
          assertThat(actual).isCloseTo(expected, within(2e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void plainLoopsGiveTheSameBits(WinogradTile tile) {
    SplittableRandom random = new SplittableRandom(3);
    int pixels = tile.elements() * PIXEL;
    float[] x = new float[pixels];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    float[] v = new float[pixels];
    float[] plainV = new float[pixels];
    int row = tile.extent() * PIXEL;
    WinogradTransform.input(tile, x, 0, row, v, 0, PIXEL);
    ScalarTransform.input(tile, x, 0, row, plainV, 0, PIXEL);
    float[] bias = Arrays.copyOf(x, PIXEL);
    float[] floor = new float[PIXEL];
    float[] y = new float[pixels];
    float[] plainY = new float[pixels];
    int rowOut = tile.outputs() * PIXEL;
    float[] products = v.clone();
    WinogradTransform.output(tile, v, 0, PIXEL, bias, 0, floor, x, 0, row, y, 0, rowOut);
    ScalarTransform.output(tile, products, 0, PIXEL, bias, 0, floor, x, 0, row, plainY, 0, rowOut);
    assertThat(y).isEqualTo(plainY);
    assertThat(v).isEqualTo(plainV);
  }

  static Stream<Arguments> shapes() {
    int[][] list = {
      // C, K, H, W, padding
      {16, 16, 4, 4, 1}, {3, 5, 1, 1, 1}, {17, 33, 5, 7, 1}, {64, 64, 14, 14, 1},
      {64, 64, 56, 9, 1}, {33, 65, 13, 6, 0}, {16, 48, 9, 10, 2}, {70, 16, 3, 30, 1},
      {128, 128, 28, 28, 1}, {300, 96, 7, 7, 1}, {600, 32, 7, 8, 1}, {1, 1, 8, 8, 1},
      {200, 64, 14, 14, 2}, {40, 24, 6, 2, 2}
    };
    return Stream.of(WinogradTile.values())
        .flatMap(tile ->
            Arrays.stream(list)
                .map(
                    s -> Arguments.of(tile, new ConvShape(s[0], s[1], s[2], s[3], 3, 1, s[4], 1))));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void convolves(WinogradTile tile, ConvShape shape) {
    boolean same = shape.inChannels() == shape.outChannels() && shape.height() == shape.outHeight();
    for (int seed = 0; seed < 6; seed++) {
      Residual residual = Residual.values()[seed % (same ? 3 : 2)];
      boolean bias = seed % 2 == 0;
      int batch = 1 + seed % 3;
      ConvProblem problem =
          ConvProblem.random(Numbers.SIGNED, shape, batch, bias, residual, false, seed);
      GuardedRun run = new GuardedRun(problem);
      VectorWidth width = VectorWidth.values()[seed % 3];
      float[] y = run.run(bind(run, problem, tile, width, Parallel.SERIAL)).output();
      assertThat(error(problem, y)).as("seed %d", seed).isLessThan(gate(tile));
      run.expect(y).check(tile + " at " + width);

      VectorWidth next = VectorWidth.values()[(seed + 1) % 3];
      BoundConv other = bind(run, problem, tile, next, GuardedRun.BACKWARDS);
      run.stain(other);
      run.run(other).check(tile + " at " + next + ", backwards, after NaN");

      for (int i = 0; i < y.length; i++) {
        y[i] = Math.max(y[i], 0f);
      }
      run.expect(y)
          .run(bind(run, problem.withRelu(), tile, width, Parallel.SERIAL))
          .check(tile + " with ReLU");
    }
  }

  private static BoundConv bind(
      GuardedRun run, ConvProblem problem, WinogradTile tile, VectorWidth width, Parallel threads) {
    return run.bind(problem.pack(tile.algorithm(), width), threads);
  }

  /** The largest of a sample, over the largest that the convolution could give by chance. */
  private static double error(ConvProblem problem, float[] y) {
    ConvShape shape = problem.shape();
    SplittableRandom random = new SplittableRandom(problem.seed());
    double largest = 0;
    for (int n = 0; n < 200; n++) {
      int image = random.nextInt(problem.batch());
      int k = random.nextInt(shape.outChannels());
      int i = random.nextInt(shape.outHeight());
      int j = random.nextInt(shape.outWidth());
      int at = problem.index(image, k, i, j);
      double exact = problem.bias() == null ? 0 : problem.bias()[k];
      exact += problem.residual() == null ? 0 : problem.residual()[at];
      for (int c = 0; c < shape.inChannels(); c++) {
        for (int tap = 0; tap < 9; tap++) {
          exact +=
              (double) problem.input(image, c, i, j, tap / 3, tap % 3)
                  * problem.weight(k, c, tap / 3, tap % 3);
        }
      }
      double error = Math.abs(y[at] - exact);
      if (!(error <= largest)) {
        largest = error;
      }
    }
    return largest / Math.sqrt(9.0 * shape.inChannels());
  }

  /** An image's bits do not depend on the images beside it. */
  @ParameterizedTest
  @EnumSource
  void theBatchChangesNothing(WinogradTile tile) {
    ConvShape shape = new ConvShape(48, 64, 10, 9, 3, 1, 1, 1);
    ConvProblem one = ConvProblem.random(Numbers.SIGNED, shape, 1, true, Residual.NONE, true, 4);
    GuardedRun single = new GuardedRun(one);
    float[] expected =
        single.run(bind(single, one, tile, VectorWidth.BITS_512, Parallel.SERIAL)).output();
    int images = 5;
    float[] x = new float[images * one.x().length];
    for (int i = 0; i < images; i++) {
      System.arraycopy(one.x(), 0, x, i * one.x().length, one.x().length);
    }
    ConvProblem many = new ConvProblem(shape, images, x, one.weight(), one.bias(), null, true, 4);
    GuardedRun batch = new GuardedRun(many);
    float[] y =
        batch.run(bind(batch, many, tile, VectorWidth.BITS_512, GuardedRun.BACKWARDS)).output();
    for (int i = 0; i < images; i++) {
      int from = i * expected.length;
      assertThat(Arrays.copyOfRange(y, from, from + expected.length)).isEqualTo(expected);
    }
  }

  /** The transforms of F2 and of small integers are exact. */
  @Test
  void integersAreExactWithTwoByTwo() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ConvShape shape =
          new ConvShape(
              random.nextInt(1, 34),
              random.nextInt(1, 50),
              random.nextInt(1, 16),
              random.nextInt(1, 16),
              3,
              1,
              1,
              1);
      ConvProblem problem =
          ConvProblem.random(
              Numbers.INTEGERS, shape, 1 + seed % 2, true, Residual.NONE, seed % 3 == 0, seed);
      GuardedRun run = new GuardedRun(problem).expect(new IntegerOracle(problem).expected());
      for (VectorWidth width : VectorWidth.values()) {
        run.run(bind(run, problem, WinogradTile.F2, width, Parallel.SERIAL))
            .check("F2 at " + width);
      }
    }
  }

  @Test
  void refusesOtherConvolutions() {
    ConvShape strided = new ConvShape(16, 16, 8, 8, 3, 2, 1, 1);
    assertThatThrownBy(() ->
            ConvKernel.pack(
                strided,
                ConvAlgorithm.WINOGRAD_4X4,
                VectorWidth.BITS_128,
                new float[strided.weights()],
                null,
                false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WINOGRAD_4X4 needs a 3x3 kernel, stride 1 and one group");
  }
}
