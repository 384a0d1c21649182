package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.VectorWidth;

/** How lines of pixels and channel blocks are cut into register tiles. */
public final class Tiling {
  /** Terms in a partial sum, but where an algorithm says otherwise. */
  public static final int CHUNK = 256;

  /** More rows than this gain nothing and cost byte code. */
  private static final int MAX_ROWS = 16;

  /**
   * Cost of a load relative to a multiply-add: a tile with few rows or blocks is bound by its
   * loads.
   */
  private static final double LOAD_COST = 1.3;

  /** Multiply-adds that must be in flight: two a cycle, each four to five cycles long. */
  private static final int LATENCY = 10;

  /** What a value of k costs beside its loads and multiply-adds: the loop. */
  private static final double LOOP_COST = 1.5;

  /**
   * Registers of 256 bits that C2 is left beside sums and a row of B: with 5 or 6 rows of two
   * vectors instead of 4 its code takes 1.7 times as long (ResNet-18 on a Zen 4 with AVX2).
   */
  private static final int LEFT_TO_C2 = 6;

  /** Rows of three vectors beyond which C2 spills accumulators, though registers would suffice. */
  private static final int MAX_ROWS_OF_THREE = 7;

  /**
   * Two blocks first: the tallest tiles, which cut the usual maps of 56, 28 and 14 pixels without a
   * rest.
   */
  private static final int[] BLOCK_CANDIDATES = {2, 4, 3, 1};

  /** The most blocks of a tile. */
  public static final int MAX_BLOCKS = 4;

  private Tiling() {}

  /**
   * Rows whose accumulators fit the registers beside the row of B and the broadcast value of A, of
   * 256 bits fewer if C2 makes the code.
   */
  public static int maxRows(VectorWidth width, int blocks) {
    return maxRows(width, blocks, TileKernels.areMachineCode(width));
  }

  static int maxRows(VectorWidth width, int blocks, boolean machineCode) {
    int vectors = blocks * BlockedLayout.vectors(width);
    int others = width == VectorWidth.BITS_256 && !machineCode ? LEFT_TO_C2 : 1;
    int fitting = (width.registers() - others - vectors) / vectors;
    return Math.clamp(fitting, 1, vectors == 3 ? MAX_ROWS_OF_THREE : MAX_ROWS);
  }

  /**
   * Blocks per tile that compute lines of {@code pixels} and {@code blocks} channel blocks in the
   * fewest cycles, by a model that takes the largest of multiply-adds, latency and weighted loads,
   * and the loop.
   */
  public static int chooseBlocks(VectorWidth width, int pixels, int blocks) {
    int best = 1;
    double bestCost = Double.POSITIVE_INFINITY;
    for (int candidate : BLOCK_CANDIDATES) {
      int tiles = blocks / candidate;
      double cost =
          tiles * cost(width, pixels, candidate) + cost(width, pixels, blocks % candidate);
      if (candidate <= blocks && cost < bestCost) {
        best = candidate;
        bestCost = cost;
      }
    }
    return best;
  }

  /**
   * Whether a tile of so many rows, if any, has too few sums: they cannot all be in flight, so that
   * it takes as long as a larger one.
   */
  public static boolean isShort(VectorWidth width, int rows, int blocks) {
    return rows > 0 && rows * blocks * BlockedLayout.vectors(width) < LATENCY;
  }

  private static double cost(VectorWidth width, int pixels, int blocks) {
    if (blocks == 0) {
      return 0;
    }
    int vectors = blocks * BlockedLayout.vectors(width);
    int maxRows = maxRows(width, blocks);
    int full = pixels / maxRows;
    int rest = pixels % maxRows;
    boolean spills = 2 * vectors + 1 > width.registers();
    double cost = full * tileCost(maxRows, vectors);
    return (cost + (rest == 0 ? 0 : tileCost(rest, vectors))) * (spills ? 2 : 1);
  }

  private static double tileCost(int rows, int vectors) {
    double step = Math.max(Math.max(rows * vectors, LATENCY), (rows + vectors) * LOAD_COST);
    return step + LOOP_COST;
  }
}
