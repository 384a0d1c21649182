package org.resnet4j.simd.kernel.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.Conv2d;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;

/** What every algorithm drops, and that it drops no more. */
class TinyTest {
  /** Multiplied by a power of two, every rounding is the same, so that bits can be compared. */
  private static final float SMALL = 0x1p-98f;

  static Stream<Arguments> cases() {
    return Stream.of(
            Arguments.of(new ConvShape(20, 18, 5, 6, 1, 1, 0, 1), ConvAlgorithm.IMPLICIT_GEMM),
            Arguments.of(new ConvShape(64, 64, 6, 5, 1, 1, 0, 1), ConvAlgorithm.STRASSEN_GEMM),
            Arguments.of(new ConvShape(32, 20, 9, 8, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_2X2),
            Arguments.of(new ConvShape(32, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.WINOGRAD_2X2),
            Arguments.of(new ConvShape(20, 32, 7, 7, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_4X2),
            Arguments.of(new ConvShape(20, 32, 9, 8, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_4X4),
            Arguments.of(new ConvShape(3, 18, 9, 8, 7, 2, 3, 1), ConvAlgorithm.DIRECT_STEM),
            Arguments.of(new ConvShape(3, 18, 9, 8, 3, 1, 1, 1), ConvAlgorithm.IM2COL_GEMM),
            Arguments.of(new ConvShape(32, 32, 5, 6, 3, 1, 1, 8), ConvAlgorithm.GROUPED),
            Arguments.of(new ConvShape(32, 32, 5, 6, 3, 2, 1, 32), ConvAlgorithm.GROUPED))
        .flatMap(each ->
            Stream.of(VectorWidth.values())
                .map(width -> Arguments.of(each.get()[0], each.get()[1], width)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resultsOfReluBelowTheLimitAreZero(
      ConvShape shape, ConvAlgorithm algorithm, VectorWidth width) {
    ConvProblem problem =
        ConvProblem.random(Numbers.SIGNED, shape, 1, false, Residual.NONE, true, 1);
    float[] large = new float[problem.results()];
    float[] small = new float[problem.results()];
    Conv2d conv = Conv2d.pack(shape, algorithm, width, problem.weight(), null, true);
    float[] x = new float[problem.x().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.copySign(Math.max(Math.abs(problem.x()[i]), 0.25f), problem.x()[i]);
    }
    conv.run(1, x, large, Parallel.SERIAL);
    conv.run(1, times(x, SMALL), small, Parallel.SERIAL);
    float[] expected = times(large, SMALL);
    int dropped = 0;
    int kept = 0;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] >= Tiny.LIMIT) {
        kept++;
      } else if (expected[i] > 0) {
        dropped++;
        expected[i] = 0f;
      }
    }
    assertThat(small).isEqualTo(expected);
    assertThat(dropped).isPositive();
    assertThat(kept).isPositive();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weightsBelowTheLimitAreZero(ConvShape shape, ConvAlgorithm algorithm, VectorWidth width) {
    float[] weight = new float[shape.weights()];
    Arrays.fill(weight, 0x1p-106f);
    float[] bias = new float[shape.outChannels()];
    Arrays.fill(bias, Float.MIN_VALUE);
    ConvKernel kernel = ConvAlgorithms.pack(shape, algorithm, width, weight, bias, false);
    float[] x = new float[shape.inChannels() * shape.height() * shape.width()];
    Arrays.fill(x, 0x1p60f);
    float[] y = new float[shape.outChannels() * shape.outHeight() * shape.outWidth()];
    Arrays.fill(y, 1f);
    Conv2d.pack(shape, algorithm, width, weight, bias, false).run(1, x, y, Parallel.SERIAL);
    assertThat(kernel.algorithm()).isEqualTo(algorithm);
    assertThat(y).containsOnly(0f);
  }

  @Test
  void inputsBelowTheLimitAreZeroAndNothingElseChanges() {
    float[] row = {Tiny.LIMIT, -Tiny.LIMIT, 0x1.fffffep-101f, -0x1p-101f, Float.NaN, -1e30f};
    float[] packed = {Tiny.LIMIT, -Tiny.LIMIT, 0f, 0f, Float.NaN, -1e30f};
    for (int channels : new int[] {1, 3}) {
      BlockedLayout layout =
          new BlockedLayout(channels, 1, 1, row.length, 0, channels == 3 ? 3 : BlockedLayout.BLOCK);
      float[] image = new float[channels * row.length];
      for (int c = 0; c < channels; c++) {
        System.arraycopy(row, 0, image, c * row.length, row.length);
      }
      float[] data = new float[(int) layout.size()];
      BlockedCopy.pack(image, 0, layout, data, 0, 0);
      BlockedCopy.unpack(layout, data, 0, 0, image, 0);
      for (int c = 0; c < channels; c++) {
        assertThat(Arrays.copyOfRange(image, c * row.length, (c + 1) * row.length))
            .isEqualTo(packed);
      }
    }
  }

  private static float[] times(float[] values, float factor) {
    float[] products = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      products[i] = values[i] * factor;
    }
    return products;
  }
}
