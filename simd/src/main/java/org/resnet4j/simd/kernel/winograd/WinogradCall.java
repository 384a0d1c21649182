package org.resnet4j.simd.kernel.winograd;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.kernel.winograd.Winograd.Panel;
import org.resnet4j.simd.machine.CacheLine;

/**
 * {@link Winograd} on one session's layouts. The tiles of all images are cut into blocks:
 *
 * <pre>
 *   for each group, for each block of tiles
 *     V = transformed inputs of the group's channels          [element][C/16/groups][tile][16]
 *     for each panel of output channels
 *       for each element: M[element] = V[element] * U         [element][blocks][tile][16]
 *       transform M out, with bias, residual and ReLU
 * </pre>
 *
 * <p>Each thread does whole blocks, small ones where a group's weights U stay in the L2 cache
 * beside V and M, and else a few large ones, so that U is not read too often. Where V of all tiles
 * stays there, too, threads share the panels instead: each transforms the inputs for itself, and
 * reads a part of U that no other reads. Where U is too large for that, V is made and used by all
 * threads together, and an item of work is one panel of some of the tiles.
 *
 * <p>The products are {@link WinogradProducts}', the transforms {@link WinogradTiles}'.
 */
final class WinogradCall implements BoundConv {
  private static final int BLOCK = BlockedLayout.BLOCK;

  // Parts of the L2 cache.

  /** Weights of a group that stay there beside a small block's V and M. */
  private static final double SMALL_WEIGHTS = 5.0 / 8;

  /** V and M of a small block. */
  private static final double SMALL_BLOCK = 1.0 / 4;

  /**
   * Weights of a group up to which a thread does whole blocks: reading them from L3 costs less than
   * reading V, half of which the other core has written.
   */
  private static final double PRIVATE_WEIGHTS = 3;

  /** V and M of a large block: somewhat more than the cache, for 28x28 pixels of 128 channels. */
  private static final double PRIVATE_BLOCK = 9.0 / 8;

  /** V of a shared block, or of all tiles. */
  private static final double V = 1;

  /** M of one item of a shared block. */
  private static final double PRODUCTS = 1.0 / 2;

  /** A second shared block would read all weights again; V may rather be so many times as large. */
  private static final double STRETCH = 1.5;

  /**
   * Where the weights are larger, so may V be: it then lies in the L3 cache, but the weights, which
   * come from memory, are read less often.
   */
  private static final int WEIGHTS_PER_SHARED = 4;

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 2;

  private final Winograd conv;
  private final WinogradTile tile;
  private final BlockedLayout y;
  private final WinogradTiles tiles;
  private final Workspace workspace;
  private final Parallel parallel;
  private final Panel[] panels;
  private final int convGroups;
  private final int panelsPerGroup;
  private final int inBlocks;
  private final int maxRows;
  private final boolean shared;
  private final int panelParts;
  private final int blockTiles;
  private final int itemTiles;
  private final int productsAt;
  private final WinogradProducts products;
  private final boolean fetches;
  private final Parallel.Task privateBlock = this::privateBlock;
  private final Parallel.Task transform = this::transform;
  private final Parallel.Task multiply = this::multiply;

  // The run in flight.
  private float[] transformed = {};
  private int tileCount;
  private int blocks;
  private int group;
  private int firstTile;
  private int blockCount;
  private int parts;

  WinogradCall(
      Winograd conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Workspace workspace) {
    this.conv = conv;
    this.tile = conv.tile();
    this.y = y;
    this.tiles = new WinogradTiles(conv, x, y, residual);
    this.workspace = workspace;
    this.parallel = workspace.parallel();
    this.panels = conv.panels().toArray(Panel[]::new);
    this.convGroups = conv.shape().groups();
    this.panelsPerGroup = panels.length / convGroups;
    this.inBlocks = x.blocks() / convGroups;
    int maxBlocks = panels[0].blocks();
    this.maxRows = Tiling.maxRows(conv.width(), maxBlocks);
    this.fetches = conv.weights().length / convGroups > l2(SMALL_WEIGHTS);
    this.shared = conv.weights().length / convGroups > l2(PRIVATE_WEIGHTS);
    int all = Math.min(x.batch(), y.batch()) * tiles.perImage();
    this.panelParts = panelParts(all);
    this.blockTiles = blockTiles(all);
    this.itemTiles =
        shared
            ? Math.clamp(l2(PRODUCTS) / (tile.elements() * maxBlocks * BLOCK), 1, blockTiles)
            : blockTiles;
    this.productsAt = tiles.memoryFloats();
    this.products =
        new WinogradProducts(conv, inBlocks, blockTiles, itemTiles, productsAt, fetches);
    long vFloats = (long) tile.elements() * products.vStride();
    long mFloats = productsAt + (long) tile.elements() * products.mStride();
    workspace.reserve(shared ? CacheLine.FIRST + vFloats : 0, shared ? mFloats : mFloats + vFloats);
  }

  private int l2(double part) {
    return workspace.machine().l2Floats(part);
  }

  /** Among how many threads the panels of a private block are shared. */
  private int panelParts(int all) {
    int weights = conv.weights().length;
    boolean apart =
        !shared
            && convGroups == 1
            && weights > l2(SMALL_WEIGHTS)
            && (long) tile.elements() * inBlocks * BLOCK * all <= l2(V);
    return apart ? Math.min(parallel.threads(), panels.length) : 1;
  }

  private int blockTiles(int all) {
    int vTile = tile.elements() * inBlocks * BLOCK;
    if (panelParts > 1) {
      return Math.ceilDiv(all, Math.ceilDiv(parallel.threads(), panelParts));
    }
    if (!shared) {
      int perTile = vTile + tile.elements() * panels[0].blocks() * BLOCK;
      int forCache =
          !fetches
              ? Math.max(1, l2(SMALL_BLOCK) / perTile / maxRows) * maxRows
              : l2(PRIVATE_BLOCK) / perTile;
      int most = Math.clamp(forCache, 1, forEachItem(all, fetches ? ITEMS_PER_THREAD : 1));
      return Math.ceilDiv(all, Math.ceilDiv(all, most));
    }
    int floats = Math.max(l2(V), conv.weights().length / convGroups / WEIGHTS_PER_SHARED);
    int fitting = floats / vTile;
    return fitting * STRETCH >= all ? all : Math.clamp(fitting, Math.min(all, maxRows), all);
  }

  /** Tiles of an item, if all threads are to have some; of each group as many. */
  private int forEachItem(int all, int itemsPerThread) {
    int threads = parallel.threads();
    int blocksPerGroup = threads == 1 ? 1 : Math.ceilDiv(itemsPerThread * threads, convGroups);
    return Math.ceilDiv(all, blocksPerGroup);
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    tiles.begin(arena, xAt, yAt, residualAt);
    tileCount = batch * tiles.perImage();
    if (shared) {
      transformed = workspace.shared();
      for (group = 0; group < convGroups; group++) {
        sharedBlocks();
      }
    } else {
      blocks = convGroups * Math.ceilDiv(tileCount, blockTiles);
      parallel.run(blocks * panelParts, privateBlock);
    }
    y.clearHalo(arena, yAt, batch);
    y.clearTail(arena, yAt, batch);
  }

  /** All tiles of a group. */
  private void sharedBlocks() {
    for (firstTile = 0; firstTile < tileCount; firstTile += blockTiles) {
      blockCount = Math.min(blockTiles, tileCount - firstTile);
      parallel.run(inBlocks, transform);
      int forMemory = Math.ceilDiv(blockCount, itemTiles);
      int forThreads =
          parallel.threads() == 1
              ? 1
              : Math.ceilDiv(ITEMS_PER_THREAD * parallel.threads(), panelsPerGroup);
      parts = Math.max(forMemory, Math.min(forThreads, Math.ceilDiv(blockCount, maxRows)));
      parallel.run(panelsPerGroup * parts, multiply);
    }
  }

  /** An item of private blocks: one block of one group from its inputs to some of its outputs. */
  private void privateBlock(int item, int worker) {
    float[] memory = workspace.worker(worker);
    int block = item % blocks; // so that a thread has one part of the panels
    int part = item / blocks;
    int blocksPerGroup = blocks / convGroups;
    int of = block / blocksPerGroup;
    int first = block % blocksPerGroup * blockTiles;
    int count = Math.min(blockTiles, tileCount - first);
    int vAt = productsAt + tile.elements() * products.mStride();
    for (int input = 0; input < inBlocks; input++) {
      transformIn(of, input, first, count, memory, vAt, memory);
    }
    int end = of * panelsPerGroup + panelsPerGroup * (part + 1) / panelParts;
    for (int p = of * panelsPerGroup + panelsPerGroup * part / panelParts; p < end; p++) {
      products.multiply(panels[p], 0, count, memory, vAt, memory);
      transformOut(panels[p], first, count, memory);
    }
  }

  /** An item of a shared block: one input channel block of all of its tiles. */
  private void transform(int item, int worker) {
    transformIn(
        group, item, firstTile, blockCount, transformed, CacheLine.FIRST, workspace.worker(worker));
  }

  /** An item of a shared block: one panel for some of its tiles. */
  private void multiply(int item, int worker) {
    Panel panel = panels[group * panelsPerGroup + item / parts];
    int part = item % parts;
    int from = (int) ((long) blockCount * part / parts);
    int count = (int) ((long) blockCount * (part + 1) / parts) - from;
    float[] memory = workspace.worker(worker);
    products.multiply(panel, from, count, transformed, CacheLine.FIRST, memory);
    transformOut(panel, firstTile + from, count, memory);
  }

  /** V of one channel block of a group, {@code count} tiles from {@code first}. */
  private void transformIn(
      int of, int block, int first, int count, float[] v, int vAt, float[] memory) {
    tiles.transformIn(
        of * inBlocks + block,
        first,
        count,
        v,
        vAt + products.offset(block),
        products.vStride(),
        memory);
  }

  /** The outputs of one panel for {@code count} tiles from {@code first}, whose M is complete. */
  private void transformOut(Panel panel, int first, int count, float[] memory) {
    for (int b = 0; b < panel.blocks(); b++) {
      int from = productsAt + b * products.mBlockStride();
      tiles.transformOut(panel.firstBlock() + b, first, count, memory, from, products.mStride());
    }
  }
}
