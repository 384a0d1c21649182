package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.BlockedLayout;

/**
 * How tiles that meet the same weights one after the other share the fetching of the next: each
 * takes a part, so that all have been fetched when the last is through.
 */
public final class WeightsAhead {
  private static final int LINE = 16;

  private WeightsAhead() {}

  /**
   * Lines that each tile fetches for an entry of its table, of which the weights have {@code 16 *
   * blocks}: a power of two.
   *
   * @param tiles that meet these weights
   */
  public static int lines(int blocks, int tiles) {
    int part = Math.ceilDiv(BlockedLayout.BLOCK * blocks, tiles);
    return part == 1 ? 1 : Integer.highestOneBit(part - 1) << 1;
  }

  /**
   * Lines that one of them fetches: none if those before it have fetched all.
   *
   * @param tile number of the tile, from 0
   */
  public static int lines(int blocks, int tiles, int tile) {
    int lines = lines(blocks, tiles);
    return tile < Math.ceilDiv(BlockedLayout.BLOCK * blocks, lines) ? lines : 0;
  }

  /**
   * Where its part lies, in floats from the next weights on.
   *
   * @param entries of the table that each tile goes through, in one call or several
   * @param entry the first of this call
   */
  public static int part(int blocks, int tiles, int tile, int entries, int entry) {
    int before = Math.min(tile, BlockedLayout.BLOCK * blocks) * entries + entry;
    return before * lines(blocks, tiles) * LINE;
  }
}
