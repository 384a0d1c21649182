package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.BlockedLayout;

/**
 * How tiles that meet the same weights one after the other share the fetching of the next: each
 * takes a part, so that all have been fetched when the last is through.
 */
public final class WeightsAhead {
  private static final int LINE = 16;

  /**
   * Rows that use a line of weights at least. With fewer it loses: on a Zen 4, F(4x4) of 512
   * channels at 7x7 (4 rows) took 1.4 times as long on two threads. Probably lines are then needed
   * faster than the L1 cache can have misses under way, which fetching takes from the loads.
   */
  private static final int FEWEST_ROWS = 8;

  private WeightsAhead() {}

  /** Whether weights that come from afar are fetched for so many rows in all. */
  public static boolean pays(int rows) {
    return rows >= FEWEST_ROWS;
  }

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

  /** The first of these tiles that need not fetch, since those before it have fetched all. */
  public static int end(int blocks, int tiles) {
    return Math.min(tiles, Math.ceilDiv(BlockedLayout.BLOCK * blocks, lines(blocks, tiles)));
  }

  /** Floats that so many entries fetch. */
  public static int floats(int entries, int lines) {
    return entries * lines * LINE;
  }
}
