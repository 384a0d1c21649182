package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.IntegerOracle;

/** The public entry, which converts from NCHW and back; the kernels' own test is elsewhere. */
class Conv2dTest {
  private static final List<ConvShape> SHAPES =
      List.of(
          new ConvShape(1, 1, 1, 1, 1, 1, 0, 1),
          new ConvShape(3, 64, 15, 13, 7, 2, 3, 1),
          new ConvShape(4, 17, 8, 5, 5, 2, 2, 1),
          new ConvShape(33, 31, 7, 14, 3, 1, 1, 1),
          new ConvShape(48, 65, 5, 3, 1, 2, 0, 1),
          new ConvShape(64, 96, 5, 7, 1, 2, 0, 1),
          new ConvShape(13, 13, 8, 7, 3, 1, 0, 13),
          new ConvShape(64, 32, 7, 7, 3, 2, 1, 32),
          new ConvShape(48, 48, 9, 8, 3, 2, 1, 6));

  @ParameterizedTest
  @EnumSource
  void integersAreExact(ConvAlgorithm algorithm) {
    boolean rounds =
        algorithm == ConvAlgorithm.WINOGRAD_4X2 || algorithm == ConvAlgorithm.WINOGRAD_4X4;
    Assumptions.assumeFalse(rounds, "rounds integers too");
    List<ConvShape> shapes = applicable(algorithm, SHAPES);
    for (int seed = 0; seed < 6 * shapes.size(); seed++) {
      ConvShape shape = shapes.get(seed % shapes.size());
      int batch = 1 + seed % 3;
      boolean relu = seed % 2 == 0;
      ConvProblem problem =
          ConvProblem.random(
              Numbers.INTEGERS, shape, batch, seed % 4 > 0, Residual.NONE, relu, seed);
      float[] expected = new IntegerOracle(problem).expected();
      for (VectorWidth width : VectorWidth.values()) {
        float[] y = new float[expected.length];
        Conv2d.pack(shape, algorithm, width, problem.weight(), problem.bias(), relu)
            .run(batch, problem.x(), y, Parallel.SERIAL);
        assertThat(firstDifference(y, expected)).as("%s at %s", shape, width).isEqualTo(-1);
      }
    }
  }

  private static List<ConvShape> applicable(ConvAlgorithm algorithm, List<ConvShape> shapes) {
    List<ConvShape> some =
        shapes.stream()
            .filter(shape -> ConvAlgorithms.applicable(shape).contains(algorithm))
            .toList();
    assertThat(some).isNotEmpty();
    return some;
  }

  private static int firstDifference(float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (actual[i] != expected[i]) {
        return i;
      }
    }
    return -1;
  }

  /** The contract: lanes, tiles and batch change nothing, down to the last bit. */
  @ParameterizedTest
  @EnumSource
  void realNumbersHaveTheSameBitsAtEveryWidthAndBatch(ConvAlgorithm algorithm) {
    List<ConvShape> shapes =
        List.of(
            new ConvShape(3, 40, 9, 31, 7, 2, 3, 1),
            new ConvShape(48, 40, 9, 11, 3, 1, 1, 1),
            new ConvShape(300, 33, 5, 7, 1, 1, 0, 1),
            new ConvShape(320, 32, 5, 7, 1, 1, 0, 1),
            new ConvShape(64, 64, 7, 7, 3, 2, 1, 16));
    for (ConvShape shape : applicable(algorithm, shapes)) {
      SplittableRandom random = new SplittableRandom(3);
      float[] weight = reals(random, shape.weights());
      int image = shape.inChannels() * shape.height() * shape.width();
      int result = shape.outChannels() * shape.outHeight() * shape.outWidth();
      float[] x = reals(random, 3 * image);
      float[] expected = new float[3 * result];
      Conv2d.pack(shape, algorithm, VectorWidth.BITS_512, weight, null, true)
          .run(3, x, expected, Parallel.SERIAL);
      for (VectorWidth width : VectorWidth.values()) {
        Conv2d conv = Conv2d.pack(shape, algorithm, width, weight, null, true);
        for (int n = 0; n < 3; n++) {
          float[] alone = new float[result];
          conv.run(1, Arrays.copyOfRange(x, n * image, (n + 1) * image), alone, Parallel.SERIAL);
          assertThat(alone)
              .as("%s at %s, image %d", shape, width, n)
              .isEqualTo(Arrays.copyOfRange(expected, n * result, (n + 1) * result));
        }
      }
    }
  }

  private static float[] reals(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Test
  void refusesArraysOfOtherSizes() {
    ConvShape shape = new ConvShape(3, 4, 5, 5, 3, 1, 1, 1);
    assertThatThrownBy(() ->
            Conv2d.pack(
                shape,
                ConvAlgorithm.IMPLICIT_GEMM,
                VectorWidth.BITS_128,
                new float[107],
                null,
                false))
        .hasMessage("weight has 107 values, expected 108");
    assertThatThrownBy(() ->
            ConvAlgorithms.pack(
                shape,
                ConvAlgorithm.IM2COL_GEMM,
                VectorWidth.BITS_128,
                new float[108],
                new float[3],
                false))
        .hasMessage("bias has 3 values, expected 4");
    Conv2d conv =
        Conv2d.pack(
            shape, ConvAlgorithm.IMPLICIT_GEMM, VectorWidth.BITS_128, new float[108], null, false);
    assertThatThrownBy(() -> conv.run(2, new float[150], new float[199], Parallel.SERIAL))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() ->
            ConvAlgorithms.pack(
                shape, ConvAlgorithm.GROUPED, VectorWidth.BITS_128, new float[108], null, false))
        .hasMessageContaining("GROUPED cannot compute");
    assertThatThrownBy(() -> new ConvShape(6, 4, 5, 5, 3, 1, 1, 4))
        .hasMessageContaining("groups 4");
  }

  /** A strip of columns would exceed an array, those of the one pixel that there is do not. */
  @Test
  void allocatesColumnsForThePixelsThatThereAre() {
    ConvShape shape = new ConvShape(9600, 1, 2, 2, 32, 1, 15, 1);
    float[] weight = new float[9600 * 32 * 32];
    Arrays.fill(weight, 1);
    float[] x = new float[9600 * 4];
    Arrays.fill(x, 2);
    float[] y = new float[1];
    Conv2d.pack(shape, ConvAlgorithm.IM2COL_GEMM, VectorWidth.preferred(), weight, null, false)
        .run(1, x, y, Parallel.SERIAL);
    assertThat(y).containsExactly(2 * 9600 * 4);
  }

  @Test
  void refusesShapesThatCannotBe() {
    assertThatThrownBy(() -> new ConvShape(1, 1, 0, 5, 2, 1, 1, 1)).hasMessageContaining("on 0x5");
    int max = Integer.MAX_VALUE;
    for (int[] huge :
        new int[][] {
          {1 << 16, 1, 256, 256, 256, 0}, // 2^32 weights
          {1 << 16, 1 << 16, 1, 1, 1, 0},
          {1, 1, max, max, 1 << 16, 0},
          {46_340, 46_340, max, max, 1, 0}, // 2^93 multiply-adds
          {1, 1, 5, 5, max, max - 1},
        }) {
      assertThatThrownBy(
              () -> new ConvShape(huge[0], huge[1], huge[2], huge[3], huge[4], 1, huge[5], 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("impossible convolution");
    }
    ConvShape large = new ConvShape(46_340, 46_340, 32_000, 32_000, 1, 1, 0, 1);
    assertThat(large.multiplyAdds()).isEqualTo(46_340L * 46_340 * 32_000 * 32_000);
  }
}
