package org.resnet4j.simd.kernel.strassen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;

/** Beside the definitions in plain loops, bit for bit, between values that nobody may change. */
class StrassenSumsTest {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final int FLOATS = 1000;

  private static List<StrassenSums> all() {
    List<StrassenSums> all = new ArrayList<>(List.of(new VectorSums(), new ScalarSums()));
    for (VectorWidth width : VectorWidth.values()) {
      if (TileKernels.areMachineCode(width)) {
        all.add(new MachineSums(width));
      }
    }
    return all;
  }

  private static float[] random(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[FLOATS];
    for (int i = 0; i < FLOATS; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "5, 16", "3, 32"})
  void operandsAreSumsOfInputs(int pixels, int step) {
    float[] x = random(1);
    int stride = pixels * PIXEL + 3;
    float[] expected = random(2);
    for (int i = 0; i < pixels * PIXEL; i++) {
      int from = i / PIXEL * step + i % PIXEL;
      float a11 = x[7 + from];
      float a12 = x[200 + from];
      float a21 = x[333 + from];
      float a22 = x[600 + from];
      float[] operands = {a11 + a22, a21 + a22, a11, a22, a11 + a12, a21 - a11, a12 - a22};
      for (int k = 0; k < 7; k++) {
        expected[11 + k * stride + i] = operands[k];
      }
    }
    for (StrassenSums sums : all()) {
      float[] s = random(2);
      sums.operands(x, 7, 200, 333, 600, step, pixels, s, 11, stride);
      assertThat(s).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, false", "5, 0, true", "4, 16, true", "3, 32, false"})
  void outputsAreSumsOfProducts(int pixels, int step, boolean relu) {
    float[] m = random(3);
    float[] bias = random(4);
    float[] residual = random(5);
    float[] floor = Floor.of(relu);
    float[] four = random(6);
    float[] two = random(6);
    for (int i = 0; i < pixels * PIXEL; i++) {
      float more = bias[9 + i % PIXEL];
      float other = residual[21 + i / PIXEL * step + i % PIXEL];
      float sum = m[5 + i] + m[300 + i];
      four[40 + i] = raised(sum - m[450 + i] + m[700 + i] + more + other, floor, i);
      two[40 + i] = raised(sum + more + other, floor, i);
    }
    for (StrassenSums sums : all()) {
      float[] y = random(6);
      sums.four(m, 5, 300, 450, 700, pixels, bias, 9, floor, residual, 21, step, y, 40);
      assertThat(y).isEqualTo(four);
      y = random(6);
      sums.two(m, 5, 300, pixels, bias, 9, floor, residual, 21, step, y, 40);
      assertThat(y).isEqualTo(two);
    }
  }

  private static float raised(float sum, float[] floor, int i) {
    int lane = i % PIXEL;
    return sum < floor[Floor.LIMIT_AT + lane] ? floor[lane] : sum;
  }

  /** Machine code would read or write there. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void machineCodeStaysInItsArrays(int which) {
    int last = FLOATS - 2 * PIXEL;
    int[] at = new int[7];
    at[which] = last + 1;
    float[] x = random(1);
    float[] floor = Floor.of(true);
    for (StrassenSums sums : all()) {
      if (sums instanceof MachineSums) {
        sums.four(x, last, last, last, last, 2, x, 0, floor, x, last, PIXEL, x.clone(), last);
        assertThatThrownBy(() ->
                sums.four(
                    x,
                    at[0],
                    at[1],
                    at[2],
                    at[3],
                    2,
                    x,
                    at[4] + (which == 4 ? PIXEL : 0),
                    floor,
                    x,
                    at[5],
                    PIXEL,
                    x.clone(),
                    at[6]))
            .isInstanceOf(IndexOutOfBoundsException.class);
        float[] s = new float[7 * 2 * PIXEL - (which == 4 ? 1 : 0)];
        int out = which == 5 ? 1 : which == 6 ? -1 : 0;
        assertThatThrownBy(
                () -> sums.operands(x, at[0], at[1], at[2], at[3], PIXEL, 2, s, out, 2 * PIXEL))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sums.operands(x, 0, 0, 0, 0, PIXEL, 0, s, 0, 2 * PIXEL))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
