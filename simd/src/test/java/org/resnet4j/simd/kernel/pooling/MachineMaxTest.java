package org.resnet4j.simd.kernel.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;

/** In each width that is machine code here; {@code PoolingTest} has whole maps. */
class MachineMaxTest {
  private static final int PIXEL = BlockedLayout.BLOCK;

  private static List<MachineMax> all(int columns, int rows) {
    return Arrays.stream(VectorWidth.values())
        .filter(TileKernels::areMachineCode)
        .map(width -> new MachineMax(width, columns, rows))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 3, 5", "2, 3, 4", "3, 2, 1", "8, 8, 2"})
  void isTheLargestOfEachWindow(int columns, int rows, int outputs) {
    SplittableRandom random = new SplittableRandom(columns + rows);
    int next = 2 * PIXEL;
    int rowStride = (columns + 2 * outputs) * PIXEL + 5;
    int to = 9 + rows * rowStride;
    float[] special = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 0f};
    float[] data = new float[to + outputs * PIXEL + 3];
    for (int i = 0; i < data.length; i++) {
      int kind = random.nextInt(60);
      data[i] = kind < special.length ? special[kind] : (float) random.nextDouble(-1, 1);
    }
    float[] expected = data.clone();
    for (int i = 0; i < outputs * PIXEL; i++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int tap = 0; tap < columns * rows; tap++) {
        int at = 9 + tap / columns * rowStride + tap % columns * PIXEL;
        largest = Math.max(largest, data[at + i / PIXEL * next + i % PIXEL]);
      }
      expected[to + i] = largest;
    }
    for (MachineMax max : all(columns, rows)) {
      float[] actual = data.clone();
      max.run(actual, 9, rowStride, to, outputs, next);
      assertThat(actual).isEqualTo(expected);
    }
  }

  /** Machine code would read or write there. */
  @ParameterizedTest
  @CsvSource({
    "49, 32, 96, 2, 16", "-1, 32, 96, 1, 16", "0, 81, 96, 2, 16", "0, 32, 97, 2, 16",
    "0, 32, -1, 2, 16", "0, 32, 96, 3, 16", "0, 32, 96, 2, 65", "2147483647, 32, 96, 1, 16"
  })
  void staysInItsArray(int from, int rowStride, int to, int outputs, int next) {
    for (MachineMax max : all(2, 2)) {
      float[] data = new float[128];
      max.run(data, 48, 32, 96, 2, 16);
      max.run(data, 0, 80, 96, 2, 16);
      max.run(data, 0, 32, 96, 2, 64);
      assertThatThrownBy(() -> max.run(data, from, rowStride, to, outputs, next))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 16, 32", "1, -16, 32", "1, 16, -32"})
  void nothingGoesBackwards(int outputs, int next, int rowStride) {
    for (MachineMax max : all(2, 2)) {
      assertThatThrownBy(() -> max.run(new float[128], 64, rowStride, 0, outputs, next))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
