package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.kernel.layout.BlockedLayout;

/** Pooling against its definition; what is not the image is poisoned with infinity or NaN. */
class PoolingTest {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int GUARD = 32;

  @ParameterizedTest
  @CsvSource({
    "112, 40, 3, 2, 1",
    "7, 9, 3, 2, 1",
    "5, 1, 3, 1, 1",
    "1, 1, 3, 2, 1",
    "6, 5, 2, 2, 0",
    "9, 8, 5, 3, 2",
    "4, 4, 1, 1, 0",
    "8, 7, 7, 1, 3",
    "3, 3, 3, 1, 2"
  })
  void maximumOfEachWindow(int height, int width, int kernel, int stride, int padding) {
    int outHeight = (height + 2 * padding - kernel) / stride + 1;
    int outWidth = (width + 2 * padding - kernel) / stride + 1;
    BlockedLayout x = new BlockedLayout(32, 2, height, width, 1);
    BlockedLayout y = new BlockedLayout(32, 2, outHeight, outWidth, 1);
    int yAt = GUARD + (int) x.size() + GUARD;
    float[] data = new float[yAt + (int) y.size() + GUARD];
    Arrays.fill(data, Float.POSITIVE_INFINITY);
    fill(data, x, new SplittableRandom(height + kernel));
    float[] expected = data.clone();
    for (int n = 0; n < 4; n++) {
      for (int row = 0; row < outHeight; row++) {
        for (int column = 0; column < outWidth; column++) {
          for (int lane = 0; lane < BLOCK; lane++) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int tap = 0; tap < kernel * kernel; tap++) {
              int r = row * stride - padding + tap / kernel;
              int s = column * stride - padding + tap % kernel;
              if (r >= 0 && r < height && s >= 0 && s < width) {
                largest = Math.max(largest, data[GUARD + x.index(n / 2, n % 2, r, s) + lane]);
              }
            }
            expected[yAt + y.index(n / 2, n % 2, row, column) + lane] = largest;
          }
        }
        Pooling.maxRow(data, x, GUARD, y, yAt, kernel, stride, padding, n / 2, n % 2, row);
      }
    }
    assertThat(data).isEqualTo(expected);
  }

  /** Among the values are NaN and both infinities. */
  private static void fill(float[] data, BlockedLayout x, SplittableRandom random) {
    float[] special = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    for (int n = 0; n < 4; n++) {
      for (int pixel = 0; pixel < x.height() * x.width(); pixel++) {
        int at = GUARD + x.index(n / 2, n % 2, pixel / x.width(), pixel % x.width());
        for (int lane = 0; lane < BLOCK; lane++) {
          int kind = random.nextInt(60);
          data[at + lane] = kind < 3 ? special[kind] : (float) random.nextDouble(-1, 1);
        }
      }
    }
  }

  /** However many pixels there are: one sum of all would be 4 % off for the largest. */
  @ParameterizedTest
  @CsvSource({"16, 17", "1, 100000", "100000, 1", "127, 129", "2048, 2048"})
  void meanOfManyPixels(int height, int width) {
    BlockedLayout x = new BlockedLayout(16, 1, height, width, 0);
    BlockedLayout y = new BlockedLayout(16, 1, 1, 1, 0);
    float[] data = new float[(int) (x.size() + y.size())];
    double sum = 0;
    for (int pixel = 0; pixel < height * width; pixel++) {
      float value = 0.1f + (pixel % 7) * 1e-3f;
      int at = x.index(0, 0, pixel / width, pixel % width);
      Arrays.fill(data, at, at + BLOCK, value);
      sum += value;
    }
    double mean = sum / ((double) height * width);
    Pooling.mean(data, x, 0, y, (int) x.size(), 0, 0);
    assertThat(data[(int) x.size() + BLOCK - 1] / mean).isCloseTo(1, within(2e-6));
  }

  @Test
  void meanInRowMajorOrder() {
    BlockedLayout x = new BlockedLayout(16, 2, 7, 5, 1);
    BlockedLayout y = new BlockedLayout(16, 2, 1, 1, 0);
    float[] data = new float[(int) (x.size() + y.size())];
    Arrays.fill(data, Float.NaN);
    SplittableRandom random = new SplittableRandom(1);
    for (int image = 0; image < 2; image++) {
      float[] sums = new float[BLOCK];
      for (int pixel = 0; pixel < 35; pixel++) {
        int at = x.index(0, image, pixel / 5, pixel % 5);
        for (int lane = 0; lane < BLOCK; lane++) {
          data[at + lane] = (float) random.nextDouble(-1, 1);
          sums[lane] += data[at + lane];
        }
      }
      Pooling.mean(data, x, 0, y, (int) x.size(), 0, image);
      for (int lane = 0; lane < BLOCK; lane++) {
        assertThat(data[(int) x.size() + image * BLOCK + lane]).isEqualTo(sums[lane] / 35f);
      }
    }
  }
}
