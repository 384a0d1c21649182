package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TileEpilogueTest {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int GUARD = 32;

  /** Rows and blocks of tiles with something between the blocks, with and without a ReLU. */
  @Test
  void addsInTheOrderItSays() {
    SplittableRandom random = new SplittableRandom(1);
    for (int blocks : new int[] {1, 2, 4}) {
      for (int rows : new int[] {1, 2, 7, 14}) {
        for (float bound : new float[] {0f, Float.NEGATIVE_INFINITY}) {
          int stride = rows * BLOCK + GUARD;
          float[] y = reals(random, GUARD + blocks * stride);
          float[] bias = reals(random, BLOCK + blocks * BLOCK);
          float[] residual = reals(random, blocks * (stride + 16) + 5);
          float[] floor = new float[BLOCK];
          Arrays.fill(floor, bound);
          float[] plain = y.clone();
          float[] added = y.clone();
          for (int i = 0; i < blocks * rows * BLOCK; i++) {
            int block = i / (rows * BLOCK);
            int inBlock = i % (rows * BLOCK);
            int at = GUARD + block * stride + inBlock;
            float sum = y[at] + bias[BLOCK + block * BLOCK + i % BLOCK];
            plain[at] = Math.max(sum, bound);
            added[at] = Math.max(sum + residual[5 + block * (stride + 16) + inBlock], bound);
          }
          float[] first = y.clone();
          TileEpilogue.apply(first, GUARD, stride, rows, blocks, bias, BLOCK, floor);
          assertThat(first).isEqualTo(plain);
          float[] second = y.clone();
          TileEpilogue.apply(
              second, GUARD, stride, rows, blocks, bias, BLOCK, floor, residual, 5, stride + 16);
          assertThat(second).isEqualTo(added);
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

  /** NaN is not below a ReLU's floor, and infinities are ordered. */
  @Test
  void theFloorStopsNoNan() {
    float[] values = {Float.NaN, 1, -1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0};
    float[] raised = {Float.NaN, 1, 0, Float.POSITIVE_INFINITY, 0, 0};
    float[] zeros = new float[BLOCK];
    float[] lows = new float[BLOCK];
    Arrays.fill(lows, Float.NEGATIVE_INFINITY);
    for (float[] floor : new float[][] {zeros, lows}) {
      float[] y = Arrays.copyOf(values, BLOCK);
      TileEpilogue.apply(y, 0, BLOCK, 1, 1, zeros, 0, floor);
      assertThat(Arrays.copyOf(y, values.length)).isEqualTo(floor == zeros ? raised : values);
    }
  }
}
