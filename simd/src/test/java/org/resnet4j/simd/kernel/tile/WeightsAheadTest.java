package org.resnet4j.simd.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WeightsAheadTest {
  private static final int BLOCK = 16;

  /**
   * As many as the weights have and not twice as many, by powers of two that kernels are made for.
   */
  @Test
  void tilesTogetherFetchAllOnce() {
    for (int blocks = 1; blocks <= Tiling.MAX_BLOCKS; blocks++) {
      for (int tiles = 1; tiles <= 300; tiles++) {
        int lines = WeightsAhead.lines(blocks, tiles);
        int end = WeightsAhead.end(blocks, tiles);
        assertThat(Integer.bitCount(lines)).isEqualTo(1);
        assertThat(lines).isBetween(1, 64);
        assertThat(end).isBetween(1, tiles);
        assertThat(end * lines).isBetween(BLOCK * blocks, 2 * BLOCK * blocks - 1);
      }
    }
  }

  /** An entry of {@code 16 * blocks} lines is as many floats as the weights of an entry. */
  @Test
  void aLineHas64Bytes() {
    assertThat(WeightsAhead.floats(3, 32)).isEqualTo(3 * 16 * 2 * 16);
  }
}
