package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;

/** Copies against the definition of the layout, the memory around the image included. */
class MatrixCopyTest {
  private static final int GUARD = 5;
  private static final short POISON = 0x7F80;

  @ParameterizedTest
  @CsvSource({
    "1, 4, 3, 5",
    "2, 4, 3, 5",
    "3, 4, 1, 1",
    "3, 4, 4, 7",
    "3, 4, 3, 8",
    "3, 4, 2, 29",
    "3, 4, 2, 224",
    "4, 4, 3, 9",
    "3, 32, 3, 5",
    "32, 32, 2, 3",
    "40, 32, 3, 9"
  })
  void packsARowAndNothingElse(int channels, int block, int height, int width) {
    BlockedLayout layout = new BlockedLayout(channels, 2, height, width, 1, block);
    int row = height / 2;
    int stride = width + 3;
    float[] rows = new float[GUARD + channels * stride];
    SplittableRandom random = new SplittableRandom(channels);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Float.intBitsToFloat(random.nextInt());
    }
    short[] expected = new short[GUARD + (int) layout.size() + GUARD];
    Arrays.fill(expected, POISON);
    MemorySegment data = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_SHORT, expected);
    for (int c = 0; c < layout.blocks() * block; c++) {
      for (int x = 0; x < width; x++) {
        expected[GUARD + layout.index(c / block, 1, row, x) + c % block] =
            c < channels ? Bfloat16.round(rows[GUARD + c * stride + x]) : 0;
      }
    }
    MatrixCopy.packRow(rows, GUARD, stride, layout, data, GUARD, 1, row);
    assertThat(data.toArray(ValueLayout.JAVA_SHORT)).isEqualTo(expected);
  }

  /** Each upper half of a float with lower halves about the middle and the ends. */
  @Test
  void roundsEachPixelOfAPicture() {
    int width = 1 << Short.SIZE;
    BlockedLayout layout = new BlockedLayout(3, 1, 1, width, 0, 4);
    MemorySegment data = Arena.ofAuto().allocate(layout.size() * Bfloat16.BYTES);
    int[][] lows = {{0, 1, 0x7FFF}, {0x8000, 0x8001, 0xFFFF}};
    for (int[] low : lows) {
      float[] rows = new float[3 * width];
      short[] expected = new short[4 * width];
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          rows[c * width + x] = Float.intBitsToFloat(x << Short.SIZE | low[c]);
          expected[4 * x + c] = Bfloat16.round(rows[c * width + x]);
        }
      }
      MatrixCopy.packRow(rows, 0, width, layout, data, 0, 0, 0);
      assertThat(data.toArray(ValueLayout.JAVA_SHORT)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 4, 4, 5", "40, 32, 3, 2", "70, 32, 1, 1"})
  void unpacksAnImage(int channels, int block, int height, int width) {
    BlockedLayout layout = new BlockedLayout(channels, 2, height, width, 1, block);
    int values = GUARD + (int) layout.size();
    SplittableRandom random = new SplittableRandom(channels);
    for (boolean floats : new boolean[] {false, true}) {
      MemorySegment data = Arena.ofAuto().allocate((long) values * Float.BYTES, Float.BYTES);
      float[] image = new float[GUARD + channels * height * width + GUARD];
      Arrays.fill(image, -1f);
      float[] expected = image.clone();
      for (int i = GUARD; i < image.length - GUARD; i++) {
        int pixel = (i - GUARD) % (height * width);
        int c = (i - GUARD) / (height * width);
        int at = GUARD + layout.index(c / block, 1, pixel / width, pixel % width) + c % block;
        int bits = random.nextInt();
        if (floats) {
          data.setAtIndex(ValueLayout.JAVA_INT, at, bits);
          expected[i] = Float.intBitsToFloat(bits);
        } else {
          data.setAtIndex(ValueLayout.JAVA_SHORT, at, (short) bits);
          expected[i] = Bfloat16.value((short) bits);
        }
      }
      MatrixCopy.unpack(layout, data, GUARD, 1, floats, image, GUARD);
      assertThat(image).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 4, 7", "3, 4, 16", "5, 32, 4"})
  void refusesALayoutBeyondTheMemory(int channels, int block, int width) {
    BlockedLayout layout = new BlockedLayout(channels, 1, 1, width, 0, block);
    MemorySegment data = Arena.ofAuto().allocate(layout.size() * Bfloat16.BYTES, Float.BYTES);
    float[] rows = new float[channels * width];
    MatrixCopy.packRow(rows, 0, width, layout, data, 0, 0, 0);
    assertThatThrownBy(() -> MatrixCopy.packRow(rows, 0, width, layout, data, block, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> MatrixCopy.packRow(rows, 1, width, layout, data, 0, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    MatrixCopy.unpack(layout, data, 0, 0, false, rows, 0);
    assertThatThrownBy(() -> MatrixCopy.unpack(layout, data, 0, 0, true, rows, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> MatrixCopy.unpack(layout, data, 0, 0, false, rows, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
