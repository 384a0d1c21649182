package org.resnet4j.simd.kernel.winograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/** Winograd from its algebra to whole convolutions in memory where nothing else may be read. */
class WinogradTest {
  private static final int PIXEL = BlockedLayout.BLOCK;

  /**
   * Error over sqrt(9 C/groups), of the size of an output: a few times what arXiv 1803.10986
   * measures for such points.
   */
  private static double gate(WinogradTile tile) {
    return switch (tile) {
      case F2, F2_STRIDE_2 -> 3e-6;
      case F4X2, F4 -> 1e-5;
    };
  }

  @ParameterizedTest
  @EnumSource
  void theAlgebraIsAConvolution(WinogradTile tile) {
    SplittableRandom random = new SplittableRandom(1);
    int width = tile.horizontal().inputs();
    double[][] inputs = new double[tile.vertical().inputs()][width];
    for (double[] row : inputs) {
      Arrays.setAll(row, _ -> random.nextDouble(-1, 1));
    }
    int filters = 3;
    double[] weights = new double[9 * filters];
    Arrays.setAll(weights, _ -> random.nextDouble(-1, 1));
    double[] u = new double[tile.weights() * filters];
    WinogradTile.transformWeights(
        tile.vertical().weightMatrix(),
        tile.horizontal().weightMatrix(),
        weights,
        filters,
        new double[WinogradAxis.TAPS * filters],
        u);
    for (int filter = 0; filter < filters; filter++) {
      convolves(tile, inputs, weights, u, filter, filters);
    }
  }

  private static void convolves(
      WinogradTile tile, double[][] inputs, double[] weights, double[] u, int filter, int filters) {
    double[][] products = transformed(tile, inputs);
    for (int e = 0; e < tile.elements(); e++) {
      int columns = tile.horizontal().products();
      products[e / columns][e % columns] *= u[tile.weightOf(e) * filters + filter];
    }
    double[][] outputs =
        product(tile.vertical().outputMatrix(), products, tile.horizontal().outputMatrix());
    assertThat(outputs).hasDimensions(tile.vertical().outputs(), tile.horizontal().outputs());
    for (int i = 0; i < outputs.length; i++) {
      for (int j = 0; j < outputs[i].length; j++) {
        double expected = 0;
        for (int tap = 0; tap < 9; tap++) {
          int row = tile.stride() * i + tap / 3;
          expected += inputs[row][tile.stride() * j + tap % 3] * weights[tap * filters + filter];
        }
        assertThat(outputs[i][j]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  private static double[][] transformed(WinogradTile tile, double[][] inputs) {
    return product(tile.vertical().inputMatrix(), inputs, tile.horizontal().inputMatrix());
  }

  /** {@code l x r^T}. */
  private static double[][] product(double[][] l, double[][] x, double[][] r) {
    double[][] result = new double[l.length][r.length];
    for (int i = 0; i < l.length; i++) {
      for (int j = 0; j < r.length; j++) {
        for (int k = 0; k < x.length; k++) {
          for (int m = 0; m < x[k].length; m++) {
            result[i][j] += l[i][k] * x[k][m] * r[j][m];
          }
        }
      }
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  void theGeneratedCodeComputesTheMatrices(WinogradTile tile) {
    for (VectorWidth width : VectorWidth.values()) {
      computesTheMatrices(tile, WinogradKernels.define(tile, width));
    }
    computesTheMatrices(tile, new ScalarWinograd(tile, false));
    machineCode(tile).forEach(kernel -> computesTheMatrices(tile, kernel));
  }

  /** Of each width that this processor has, if there is any. */
  private static List<WinogradKernel> machineCode(WinogradTile tile) {
    return Arrays.stream(VectorWidth.values())
        .filter(TileKernels::areMachineCode)
        .<WinogradKernel>map(width -> new MachineTransforms(tile, width))
        .toList();
  }

  private static void computesTheMatrices(WinogradTile tile, WinogradKernel kernel) {
    SplittableRandom random = new SplittableRandom(2);
    int height = tile.vertical().inputs();
    int width = tile.horizontal().inputs();
    float[] x = new float[(height + 3) * (width + 2) * PIXEL + 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    int stride = 3 * PIXEL;
    float[] v = new float[tile.elements() * stride + 9];
    int rowStride = (width + 2) * PIXEL;
    kernel.input(x, 5, rowStride, v, 9, stride);
    float[] bias = new float[PIXEL];
    for (int lane = 0; lane < PIXEL; lane++) {
      bias[lane] = lane / 8f;
    }
    float[] floor = new float[2 * PIXEL];
    Arrays.fill(floor, -0.5f);
    int outHeight = tile.vertical().outputs();
    int outWidth = tile.horizontal().outputs();
    float[] y = new float[outHeight * outWidth * PIXEL];
    kernel.output(v, 9, stride, bias, 0, floor, x, 5, rowStride, y, 0, outWidth * PIXEL);
    for (int lane = 0; lane < PIXEL; lane++) {
      double[][] d = new double[height][width];
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          d[i][j] = x[5 + i * rowStride + j * PIXEL + lane];
        }
      }
      double[][] transformed = transformed(tile, d);
      for (int e = 0; e < tile.elements(); e++) {
        int columns = tile.horizontal().products();
        double expected = transformed[e / columns][e % columns];
        assertThat((double) v[9 + e * stride + lane]).isCloseTo(expected, within(1e-5));
      }
      double[][] back =
          product(tile.vertical().outputMatrix(), transformed, tile.horizontal().outputMatrix());
      for (int i = 0; i < outHeight; i++) {
        for (int j = 0; j < outWidth; j++) {
          double expected = Math.max(back[i][j] + bias[lane] + d[i][j], -0.5);
          double actual = y[(i * outWidth + j) * PIXEL + lane];
          assertThat(actual).isCloseTo(expected, within(2e-4));
        }
      }
    }
  }

  /** Of three tiles that overlap, with and without residuals, between values nobody may change. */
  @ParameterizedTest
  @EnumSource
  void plainLoopsGiveTheSameBits(WinogradTile tile) {
    List<WinogradKernel> kernels = new ArrayList<>(machineCode(tile));
    for (VectorWidth width : VectorWidth.values()) {
      kernels.add(WinogradKernels.define(tile, width));
    }
    WinogradKernel plain = new ScalarWinograd(tile, true);
    for (boolean residual : new boolean[] {false, true}) {
      for (boolean relu : new boolean[] {false, true}) {
        Transformed expected = Transformed.by(plain, tile, residual, relu);
        for (WinogradKernel kernel : kernels) {
          Transformed actual = Transformed.by(kernel, tile, residual, relu);
          assertThat(actual.v()).isEqualTo(expected.v());
          assertThat(actual.y()).isEqualTo(expected.y());
        }
      }
    }
  }

  /** What three tiles become. */
  private record Transformed(float[] v, float[] y) {
    static final int TILES = 3;

    static Transformed by(
        WinogradKernel kernel, WinogradTile tile, boolean residual, boolean relu) {
      SplittableRandom random = new SplittableRandom(3);
      int next = tile.horizontal().outputs() * tile.stride() * PIXEL;
      int rowIn = (TILES - 1) * next + tile.horizontal().inputs() * PIXEL + 7;
      float[] x = new float[11 + tile.vertical().inputs() * rowIn];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextDouble(-1, 1);
      }
      int stride = TILES * PIXEL + 5;
      float[] v = new float[3 + tile.elements() * stride];
      kernel.inputs(TILES, next, x, 11, rowIn, v, 3, stride);
      int yNext = tile.horizontal().outputs() * PIXEL;
      int rowOut = TILES * yNext + 9;
      float[] y = new float[13 + tile.vertical().outputs() * rowOut];
      float[] added = residual ? x.clone() : new float[yNext];
      kernel.outputs(
          TILES,
          residual ? yNext : 0,
          yNext,
          v,
          3,
          stride,
          x,
          5,
          Floor.of(relu),
          added,
          residual ? 2 : 0,
          residual ? rowOut : 0,
          y,
          13,
          rowOut);
      return new Transformed(v, y);
    }
  }

  /** Machine code would write there. */
  @ParameterizedTest
  @EnumSource
  void machineCodeStaysInItsArrays(WinogradTile tile) {
    int in = tile.vertical().inputs() * tile.horizontal().inputs() * PIXEL;
    int row = tile.horizontal().inputs() * PIXEL;
    int elements = tile.elements() * PIXEL;
    int out = tile.vertical().outputs() * tile.horizontal().outputs() * PIXEL;
    int outRow = tile.horizontal().outputs() * PIXEL;
    for (WinogradKernel kernel : machineCode(tile)) {
      kernel.input(new float[in], 0, row, new float[elements], 0, PIXEL);
      for (int which = 0; which < 6; which++) {
        float[] x = new float[which == 0 ? in - 1 : in];
        float[] v = new float[which == 1 ? elements - 1 : elements];
        int xAt = which == 2 ? -1 : which == 3 ? 1 : 0;
        int vAt = which == 4 ? -1 : which == 5 ? Integer.MAX_VALUE : 0;
        assertThatThrownBy(() -> kernel.input(x, xAt, row, v, vAt, PIXEL))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(
              () -> kernel.inputs(2, PIXEL, new float[in], 0, row, new float[elements], 0, PIXEL))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(
              () -> kernel.inputs(0, 0, new float[in], 0, row, new float[elements], 0, PIXEL))
          .isInstanceOf(IllegalArgumentException.class);
      float[] bias = new float[PIXEL];
      float[] floor = Floor.of(true);
      kernel.output(
          new float[elements],
          0,
          PIXEL,
          bias,
          0,
          floor,
          new float[out],
          0,
          outRow,
          new float[out],
          0,
          outRow);
      for (int which = 0; which < 5; which++) {
        float[] m = new float[which == 0 ? elements - 1 : elements];
        float[] residual = new float[which == 1 ? out - 1 : out];
        float[] y = new float[which == 2 ? out - 1 : out];
        int biasAt = which == 3 ? 1 : 0;
        float[] least = which == 4 ? bias : floor;
        assertThatThrownBy(() ->
                kernel.output(m, 0, PIXEL, bias, biasAt, least, residual, 0, outRow, y, 0, outRow))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  static Stream<Arguments> shapes() {
    int[][] list = {
      // C, K, H, W, padding, groups
      {16, 16, 4, 4, 1, 1}, {3, 5, 1, 1, 1, 1}, {17, 33, 5, 7, 1, 1}, {64, 64, 14, 14, 1, 1},
      {64, 64, 56, 9, 1, 1}, {33, 65, 13, 6, 0, 1}, {16, 48, 9, 10, 2, 1}, {70, 16, 3, 30, 1, 1},
      {128, 128, 28, 28, 1, 1}, {300, 96, 7, 7, 1, 1}, {600, 32, 7, 8, 1, 1}, {1, 1, 8, 8, 1, 1},
      {200, 64, 14, 14, 2, 1}, {40, 24, 6, 2, 2, 1}, {64, 32, 9, 8, 1, 2}, {64, 64, 15, 14, 1, 4},
      {32, 96, 7, 7, 1, 2}, {256, 256, 14, 14, 1, 4}, {512, 512, 4, 5, 1, 2}
    };
    return Stream.of(WinogradTile.values())
        .flatMap(tile ->
            Arrays.stream(list)
                .map(s ->
                    Arguments.of(
                        tile,
                        new ConvShape(s[0], s[1], s[2], s[3], 3, tile.stride(), s[4], s[5]))));
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
      for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
        for (int tap = 0; tap < 9; tap++) {
          exact +=
              (double) problem.input(image, shape.firstInput(k) + c, i, j, tap / 3, tap % 3)
                  * problem.weight(k, c, tap / 3, tap % 3);
        }
      }
      double error = Math.abs(y[at] - exact);
      if (!(error <= largest)) {
        largest = error;
      }
    }
    return largest / Math.sqrt(9.0 * shape.inChannelsPerGroup());
  }

  /** An image's bits do not depend on the images beside it, in private blocks or shared ones. */
  @ParameterizedTest
  @EnumSource
  void theBatchChangesNothing(WinogradTile tile) {
    for (int channels : new int[] {48, 128}) {
      ConvShape shape = new ConvShape(channels, 128, 10, 9, 3, tile.stride(), 1, 1);
      ConvProblem many = ConvProblem.random(Numbers.SIGNED, shape, 5, true, Residual.NONE, true, 4);
      GuardedRun batch = new GuardedRun(many);
      float[] y =
          batch.run(bind(batch, many, tile, VectorWidth.BITS_512, GuardedRun.BACKWARDS)).output();
      int inputs = many.x().length / 5;
      int outputs = y.length / 5;
      for (int i = 0; i < 5; i++) {
        float[] x = Arrays.copyOfRange(many.x(), i * inputs, (i + 1) * inputs);
        ConvProblem one = new ConvProblem(shape, 1, x, many.weight(), many.bias(), null, true, 4);
        GuardedRun single = new GuardedRun(one);
        assertThat(
                single.run(bind(single, one, tile, VectorWidth.BITS_512, Parallel.SERIAL)).output())
            .isEqualTo(Arrays.copyOfRange(y, i * outputs, (i + 1) * outputs));
      }
    }
  }

  /** The transforms of 2x2 tiles and of small integers are exact. */
  @ParameterizedTest
  @EnumSource(names = {"F2", "F2_STRIDE_2"})
  void integersAreExactWithTwoByTwo(WinogradTile tile) {
    // The last three are larger than private blocks' weights, or have groups.
    int stride = tile.stride();
    List<ConvShape> fixed =
        List.of(
            new ConvShape(32, 336, 9, 7, 3, stride, 1, 1),
            new ConvShape(64, 672, 9, 7, 3, stride, 1, 2),
            new ConvShape(64, 64, 9, 8, 3, stride, 2, 2));
    for (int seed = 0; seed < 60 + fixed.size(); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ConvShape drawn =
          new ConvShape(
              random.nextInt(1, 34),
              random.nextInt(1, 50),
              random.nextInt(1, 16),
              random.nextInt(1, 16),
              3,
              stride,
              1,
              1);
      ConvShape shape = seed < 60 ? drawn : fixed.get(seed - 60);
      ConvProblem problem =
          ConvProblem.random(
              Numbers.INTEGERS, shape, 1 + seed % 2, true, Residual.NONE, seed % 3 == 0, seed);
      GuardedRun run = new GuardedRun(problem).expect(new IntegerOracle(problem).expected());
      for (VectorWidth width : VectorWidth.values()) {
        run.run(bind(run, problem, tile, width, Parallel.SERIAL)).check(tile + " at " + width);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WINOGRAD_4X4, 3, 2, 1",
    "WINOGRAD_4X2, 3, 2, 1",
    "WINOGRAD_2X2, 5, 1, 1",
    "WINOGRAD_2X2, 3, 3, 1",
    "WINOGRAD_4X4, 3, 1, 2"
  })
  void refusesOtherConvolutions(ConvAlgorithm algorithm, int kernel, int stride, int groups) {
    ConvShape shape = new ConvShape(16, 16, 8, 8, kernel, stride, 1, groups);
    assertThatThrownBy(() ->
            ConvAlgorithms.pack(
                shape, algorithm, VectorWidth.BITS_128, new float[shape.weights()], null, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(algorithm + " needs a 3x3 kernel");
  }
}
