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
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;

/** Pooling against its definition; what is not the image is poisoned with infinity or NaN. */
class MatrixPoolingTest {
  private static final int BLOCK = BlockedLayout.WIDE_BLOCK;
  private static final int GUARD = 48;
  private static final short INFINITY = 0x7F80;
  private static final short NAN = (short) 0xFFC0;

  /** Zeros, infinities, NaNs, subnormals and the largest, of both signs. */
  private static final int[] SPECIAL = {
    0, 0x8000, 0x7F80, 0xFF80, 0x7FC0, 0x7F81, 0xFF81, 0xFFFF, 1, 0x8001, 0x7F, 0x807F, 0x7F7F,
    0xFF7F
  };

  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 2, 1",
    "1, 1, 2, 1, 1",
    "7, 7, 3, 2, 1",
    "7, 7, 2, 2, 0",
    "13, 5, 3, 1, 1",
    "13, 5, 2, 2, 1",
    "13, 5, 3, 3, 0",
    "5, 13, 2, 3, 1",
    "9, 8, 5, 3, 2",
    "4, 4, 1, 1, 0",
    "112, 10, 3, 2, 1"
  })
  void maximumOfEachWindow(int height, int width, int kernel, int stride, int padding) {
    int outHeight = (height + 2 * padding - kernel) / stride + 1;
    int outWidth = (width + 2 * padding - kernel) / stride + 1;
    BlockedLayout x = new BlockedLayout(2 * BLOCK, 3, height, width, 1, BLOCK);
    BlockedLayout y = new BlockedLayout(2 * BLOCK, 3, outHeight, outWidth, 1, BLOCK);
    int yAt = GUARD + (int) x.size() + GUARD;
    short[] values = new short[yAt + (int) y.size() + GUARD];
    Arrays.fill(values, INFINITY);
    fill(values, x, new SplittableRandom(height + kernel));
    MemorySegment data = memory(values);
    for (int n = 0; n < 6; n++) {
      for (int row = 0; row < outHeight; row++) {
        for (int column = 0; column < outWidth; column++) {
          for (int lane = 0; lane < BLOCK; lane++) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int tap = 0; tap < kernel * kernel; tap++) {
              int r = row * stride - padding + tap / kernel;
              int s = column * stride - padding + tap % kernel;
              if (r >= 0 && r < height && s >= 0 && s < width) {
                short value = values[GUARD + x.index(n / 3, n % 3, r, s) + lane];
                largest = Math.max(largest, Bfloat16.value(value));
              }
            }
            values[yAt + y.index(n / 3, n % 3, row, column) + lane] =
                (short) (Float.floatToRawIntBits(largest) >>> Short.SIZE);
          }
        }
        MatrixPooling.maxRow(data, x, GUARD, y, yAt, kernel, stride, padding, n / 3, n % 3, row);
      }
    }
    assertThat(floats(data.toArray(ValueLayout.JAVA_SHORT))).isEqualTo(floats(values));
  }

  /** A quarter of the channels is negative throughout, so that a zero beside them would show. */
  private static void fill(short[] data, BlockedLayout x, SplittableRandom random) {
    for (int n = 0; n < 6; n++) {
      for (int pixel = 0; pixel < x.height() * x.width(); pixel++) {
        int at = GUARD + x.index(n / 3, n % 3, pixel / x.width(), pixel % x.width());
        for (int lane = 0; lane < BLOCK; lane++) {
          int kind = random.nextInt(20 * SPECIAL.length);
          int any = kind < SPECIAL.length ? SPECIAL[kind] : random.nextInt();
          data[at + lane] = (short) (lane % 4 == 0 ? 0x8000 + random.nextInt(0x7F80) : any);
        }
      }
    }
  }

  /** Windows of one value of each kind and three that are special. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 0x8000, 0x7F80, 0xFF80, 0x7FC0, 0x7F81, 0xFF81, 0xFFFF, 1, 0x8001, 0x7F, 0x807F, 0x7F7F,
        0xFF7F
      })
  void maximumWithEachValue(int special) {
    int windows = (1 << Short.SIZE) / BLOCK;
    BlockedLayout x = new BlockedLayout(BLOCK, 1, 2, 2 * windows, 0, BLOCK);
    BlockedLayout y = new BlockedLayout(BLOCK, 1, 1, windows, 0, BLOCK);
    short[] values = new short[(int) (x.size() + y.size())];
    Arrays.fill(values, (short) special);
    float[] expected = new float[1 << Short.SIZE];
    for (int bits = 0; bits < expected.length; bits++) {
      int pixel = x.index(0, 0, bits / 2 % 2, bits / BLOCK * 2 + bits % 2);
      values[pixel + bits % BLOCK] = (short) bits;
      expected[bits] = Math.max(Bfloat16.value((short) bits), Bfloat16.value((short) special));
    }
    MemorySegment data = memory(values);
    MatrixPooling.maxRow(data, x, 0, y, x.size(), 2, 2, 0, 0, 0, 0);
    short[] results = data.asSlice(x.size() * Bfloat16.BYTES).toArray(ValueLayout.JAVA_SHORT);
    assertThat(floats(results)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 7", "13, 5", "2, 9"})
  void meanOfAnImage(int height, int width) {
    BlockedLayout x = new BlockedLayout(2 * BLOCK, 3, height, width, 1, BLOCK);
    BlockedLayout y = new BlockedLayout(2 * BLOCK, 3, 1, 1, 1, BLOCK);
    int yAt = GUARD + (int) x.size() + GUARD;
    short[] values = new short[yAt + (int) y.size() + GUARD];
    Arrays.fill(values, NAN);
    SplittableRandom random = new SplittableRandom(height);
    for (int n = 0; n < 6; n++) {
      float[] sums = new float[BLOCK];
      for (int pixel = 0; pixel < height * width; pixel++) {
        int at = GUARD + x.index(n / 3, n % 3, pixel / width, pixel % width);
        for (int lane = 0; lane < BLOCK; lane++) {
          values[at + lane] = Bfloat16.round((float) random.nextDouble(-1, 1));
          if (lane >= 24 && random.nextInt(100) == 0) {
            values[at + lane] = (short) SPECIAL[random.nextInt(SPECIAL.length)];
          }
          sums[lane] += Bfloat16.value(values[at + lane]);
        }
      }
      for (int lane = 0; lane < BLOCK; lane++) {
        values[yAt + y.index(n / 3, n % 3, 0, 0) + lane] =
            Bfloat16.round(sums[lane] / (height * width));
      }
    }
    short[] before = values.clone();
    Arrays.fill(before, yAt, before.length, NAN);
    MemorySegment data = memory(before);
    for (int n = 0; n < 6; n++) {
      MatrixPooling.mean(data, x, GUARD, y, yAt, n / 3, n % 3);
    }
    assertThat(floats(data.toArray(ValueLayout.JAVA_SHORT))).isEqualTo(floats(values));
  }

  /** 0.1 is kept to the last bit, which one sum of all would lose. */
  @ParameterizedTest
  @CsvSource({"16, 17", "1, 100000", "1024, 1024"})
  void meanOfManyPixels(int height, int width) {
    int[] pixels = new int[height * width];
    Arrays.fill(pixels, 0x3DCD);
    assertThat(mean(width, pixels)).isEqualTo((short) 0x3DCD);
  }

  @Test
  void meanIsRoundedToTheEven() {
    assertThat(mean(2, 0x3F80, 0x3F81)).isEqualTo((short) 0x3F80);
    assertThat(mean(2, 0x3F81, 0x3F82)).isEqualTo((short) 0x3F82);
    assertThat(mean(2, 0xBF82, 0xBF83)).isEqualTo((short) 0xBF82);
    assertThat(mean(2, 0x7F7F, 0x7F7F)).isEqualTo(INFINITY);
    assertThat(Bfloat16.value(mean(2, 0x7F80, 0xFF80))).isNaN();
  }

  /** Large numbers that cancel: each other order, and double, keeps other small ones. */
  @Test
  void meanAddsFloatsInRowMajorOrder() {
    int large = 0x4E80; // 2^30
    assertThat(mean(2, large, 0x3F80, large | 0x8000, 0x4000)).isEqualTo((short) 0x3F00);
  }

  /** Times the rounded 1/7 it would be above the middle between two numbers. */
  @Test
  void meanDivides() {
    assertThat(mean(7, 0x4116, 0x3D70, 0, 0, 0, 0, 0)).isEqualTo((short) 0x3FAC);
  }

  /** Of an image of rows of {@code width} pixels, the same in each channel. */
  private static short mean(int width, int... pixels) {
    BlockedLayout x = new BlockedLayout(BLOCK, 1, pixels.length / width, width, 0, BLOCK);
    BlockedLayout y = new BlockedLayout(BLOCK, 1, 1, 1, 0, BLOCK);
    short[] values = new short[(int) (x.size() + y.size())];
    for (int i = 0; i < x.size(); i++) {
      values[i] = (short) pixels[i / BLOCK];
    }
    MemorySegment data = memory(values);
    MatrixPooling.mean(data, x, 0, y, x.size(), 0, 0);
    short[] results = data.asSlice(x.size() * Bfloat16.BYTES).toArray(ValueLayout.JAVA_SHORT);
    for (short result : results) {
      assertThat(result).isEqualTo(results[0]);
    }
    return results[0];
  }

  @Test
  void refusesALayoutBeyondTheMemory() {
    BlockedLayout x = new BlockedLayout(BLOCK, 1, 2, 2, 0, BLOCK);
    BlockedLayout y = new BlockedLayout(BLOCK, 1, 1, 1, 0, BLOCK);
    MemorySegment data = memory(new short[(int) (x.size() + y.size())]);
    long beyond = x.size() + 1;
    MatrixPooling.maxRow(data, x, 0, y, x.size(), 2, 2, 0, 0, 0, 0);
    MatrixPooling.mean(data, x, 0, y, x.size(), 0, 0);
    assertThatThrownBy(() -> MatrixPooling.maxRow(data, x, 0, y, beyond, 2, 2, 0, 0, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> MatrixPooling.mean(data, x, 0, y, beyond, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> MatrixPooling.mean(data, x, beyond, y, 0, 0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static MemorySegment memory(short[] values) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_SHORT, values);
  }

  /** All NaNs are equal then. */
  private static float[] floats(short[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Bfloat16.value(bits[i]);
    }
    return values;
  }
}
