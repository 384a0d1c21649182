package org.resnet4j.simd.kernel.winograd;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.KernelTable;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.kernel.tile.WeightsAhead;
import org.resnet4j.simd.kernel.winograd.Winograd.Panel;

/**
 * The products of {@link WinogradCall}: {@code M[element] = V[element] * U[element]} for the tiles
 * of a block, a panel of output channels at a time.
 *
 * <p>Elements of V and of M lie an odd number of pixels apart, else their stores would fall into
 * the same sets of the L1 cache.
 */
final class WinogradProducts {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int CHUNK_ENTRIES = Winograd.CHUNK / BLOCK;

  private final Winograd conv;
  private final int inBlocks;
  private final int maxRows;
  private final int vStride;
  private final int mBlockStride;
  private final int mStride;
  private final int[] offsets;
  private final int[] weightOf;
  private final boolean ownWeights;
  private final KernelTable kernels;
  private final int productsAt;
  private final boolean fetches;

  /**
   * For blocks of tiles.
   *
   * @param inBlocks channel blocks of a group
   * @param blockTiles tiles of V
   * @param itemTiles tiles of M
   * @param productsAt where M begins
   * @param fetches whether weights come from afar
   */
  WinogradProducts(
      Winograd conv, int inBlocks, int blockTiles, int itemTiles, int productsAt, boolean fetches) {
    this.conv = conv;
    this.inBlocks = inBlocks;
    int maxBlocks = conv.panels().getFirst().blocks();
    this.maxRows = Tiling.maxRows(conv.width(), maxBlocks);
    this.vStride = odd(inBlocks * blockTiles) * BLOCK;
    this.mBlockStride = itemTiles * BLOCK;
    this.mStride = odd(maxBlocks * itemTiles) * BLOCK;
    this.offsets = new int[inBlocks];
    Arrays.setAll(offsets, block -> block * blockTiles * BLOCK);
    this.weightOf = new int[conv.tile().elements()];
    Arrays.setAll(weightOf, conv.tile()::weightOf);
    this.ownWeights = IntStream.range(0, weightOf.length).allMatch(i -> weightOf[i] == i);
    this.kernels = new KernelTable(conv.width(), BLOCK, maxBlocks, false);
    this.productsAt = productsAt;
    this.fetches = fetches;
  }

  private static int odd(int pixels) {
    return pixels | 1;
  }

  /** Floats from an element of V to the next. */
  int vStride() {
    return vStride;
  }

  /** Where a channel block begins in an element of V. */
  int offset(int block) {
    return offsets[block];
  }

  /** Floats from an element of M to the next. */
  int mStride() {
    return mStride;
  }

  /** Floats from an output block to the next in an element of M. */
  int mBlockStride() {
    return mBlockStride;
  }

  /**
   * M of one panel for {@code count} tiles of a block from {@code start}.
   *
   * @param v V of the block, from {@code vAt} on
   * @param memory receives M
   */
  void multiply(Panel panel, int start, int count, float[] v, int vAt, float[] memory) {
    int from = vAt + start * BLOCK;
    if (count <= maxRows && inBlocks <= CHUNK_ENTRIES && ownWeights) {
      elements(panel, count, v, from, memory);
      return;
    }
    for (int element = 0; element < weightOf.length; element++) {
      for (int entry = 0; entry < inBlocks; entry += CHUNK_ENTRIES) {
        pieces(panel, element, entry, count, v, from + element * vStride, memory);
      }
    }
  }

  /** All elements of as many tiles as the registers hold. */
  private void elements(Panel panel, int count, float[] v, int vAt, float[] memory) {
    int lines = fetches && WeightsAhead.pays(count) ? WeightsAhead.lines(panel.blocks(), 1) : 0;
    products(
        panel,
        0,
        0,
        count,
        weightOf.length,
        vStride,
        panel.weightStride(),
        mStride,
        v,
        vAt,
        memory,
        productsAt,
        weightsOf(panel, 1),
        lines);
  }

  /** A chunk of k of one element, for more tiles than the registers hold. */
  private void pieces(
      Panel panel, int element, int entry, int count, float[] v, int vAt, float[] memory) {
    int entries = Math.min(CHUNK_ENTRIES, inBlocks - entry);
    int pieces = Math.ceilDiv(count, maxRows);
    int rows = count / pieces;
    int larger = count % pieces; // have a row more
    int lines = WeightsAhead.lines(panel.blocks(), pieces);
    boolean fetch = fetches && WeightsAhead.pays(count);
    int fetching = fetch ? WeightsAhead.end(panel.blocks(), pieces) : 0;
    int next = weightsOf(panel, element + 1) + entry * BLOCK * panel.blocks() * BLOCK;
    int piece = 0;
    while (piece < pieces) {
      boolean isLarger = piece < larger;
      boolean helps = piece < fetching;
      int end = Math.min(isLarger ? larger : pieces, helps ? fetching : pieces);
      int its = isLarger ? rows + 1 : rows;
      int at = (piece * rows + Math.min(piece, larger)) * BLOCK;
      int to = productsAt + element * mStride + at;
      int ahead = next + WeightsAhead.floats(piece * entries, lines);
      products(
          panel,
          element,
          entry,
          its,
          end - piece,
          its * BLOCK,
          0,
          its * BLOCK,
          v,
          vAt + at,
          memory,
          to,
          ahead,
          helps ? lines : 0);
      piece = end;
    }
  }

  /**
   * Some products of equal size.
   *
   * @param entry first entry of the offset table
   * @param rows tiles of the image in each
   * @param number how many, at these distances
   */
  private void products(
      Panel panel,
      int element,
      int entry,
      int rows,
      int number,
      int vNext,
      int weightsNext,
      int mNext,
      float[] v,
      int vAt,
      float[] memory,
      int to,
      int ahead,
      int lines) {
    kernels
        .get(rows, panel.blocks(), entry > 0)
        .runAll(
            number,
            vNext,
            weightsNext,
            mNext,
            offsets,
            entry,
            Math.min(entry + CHUNK_ENTRIES, inBlocks),
            v,
            vAt,
            conv.weights(),
            weightsOf(panel, element) + entry * BLOCK * panel.blocks() * BLOCK,
            memory,
            to,
            mBlockStride,
            memory,
            to,
            mBlockStride,
            memory,
            0,
            memory,
            ahead,
            lines);
  }

  /** Where an element's weights begin; behind the last element, those of the next panel. */
  private int weightsOf(Panel panel, int element) {
    int number = element < weightOf.length ? weightOf[element] : conv.tile().weights();
    return panel.offset() + number * panel.weightStride();
  }
}
