package org.resnet4j.simd.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.Winograd.Panel;

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
 * <p>Each thread does whole blocks, small ones where a group's weights U stay in the L2 cache beside
 * V and M, and else a few large ones, so that U is not read too often. Where U is too large for
 * that, too, it is read once by all threads together: they share V, and an item of work is one panel
 * of some of the tiles.
 *
 * <p>Elements of V and of M lie an odd number of pixels apart, else their stores would fall into
 * the same sets of the L1 cache.
 */
final class WinogradCall implements BoundConv {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int CHUNK_ENTRIES = Winograd.CHUNK / BLOCK;

  /** Weights of a group that stay in the L2 cache beside a small block's V and M. */
  private static final int SMALL_WEIGHTS = 160 * 1024;

  /** V and M of a small block. */
  private static final int SMALL_FLOATS = 64 * 1024;

  /**
   * Weights of a group up to which a thread does whole blocks: reading them from L3 costs less than
   * reading V, half of which the other core has written.
   */
  private static final int PRIVATE_WEIGHTS = 768 * 1024;

  /** V and M of a large block: somewhat more than the L2 cache, as no element is read twice. */
  private static final int PRIVATE_FLOATS = 288 * 1024;

  /** V of a shared block that a core's L2 cache holds. */
  private static final int SHARED_FLOATS = 256 * 1024;

  /**
   * Where the weights are larger, so may V be: it then lies in the L3 cache, but the weights, which
   * come from memory, are read less often.
   */
  private static final int WEIGHTS_PER_SHARED = 4;

  /** M of one item of a shared block: half of the L2 cache. */
  private static final int PRODUCT_FLOATS = 128 * 1024;

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 2;

  /** Where a patch of a whole tile lies in a worker's memory, the tile's result after it. */
  private static final int PATCH_AT = 0;

  /** A row of a tile, added where there is no residual. */
  private static final float[] NO_RESIDUAL = new float[WinogradAxis.F4.outputs() * BLOCK];

  private final Winograd conv;
  private final WinogradTile tile;
  private final WinogradKernel transforms;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Workspace workspace;
  private final Parallel parallel;
  private final Panel[] panels;
  private final int convGroups;
  private final int panelsPerGroup;
  private final int inBlocks;
  private final int patchHeight;
  private final int patchWidth;
  private final int tilesPerRow;
  private final int tilesPerImage;
  private final int maxRows;
  private final boolean shared;
  private final int blockTiles;
  private final int itemTiles;
  private final int vStride;
  private final int mBlockStride;
  private final int mStride;
  private final int[] offsets;
  private final int[] weightOf;
  private final KernelTable kernels;
  private final int resultAt;
  private final int productsAt;
  private final Parallel.Task wholeBlock = this::wholeBlock;
  private final Parallel.Task transform = this::transform;
  private final Parallel.Task multiply = this::multiply;

  // The run in flight.
  private float[] data = {};
  private float[] transformed = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;
  private int tiles;
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
    this.transforms = WinogradKernels.get(tile, conv.width());
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.workspace = workspace;
    this.parallel = workspace.parallel();
    this.panels = conv.panels().toArray(Panel[]::new);
    this.convGroups = conv.shape().groups();
    this.panelsPerGroup = panels.length / convGroups;
    this.inBlocks = x.blocks() / convGroups;
    this.patchHeight = tile.vertical().inputs();
    this.patchWidth = tile.horizontal().inputs();
    this.tilesPerRow = Math.ceilDiv(y.width(), tile.horizontal().outputs());
    this.tilesPerImage = tile.tilesFor(y.height(), y.width());
    int maxBlocks = panels[0].blocks();
    this.maxRows = Tiling.maxRows(conv.width(), maxBlocks);
    this.shared = conv.weights().length / convGroups > PRIVATE_WEIGHTS;
    this.blockTiles = blockTiles();
    this.itemTiles =
        shared
            ? Math.clamp(PRODUCT_FLOATS / (tile.elements() * maxBlocks * BLOCK), 1, blockTiles)
            : blockTiles;
    this.vStride = odd(inBlocks * blockTiles) * BLOCK;
    this.mBlockStride = itemTiles * BLOCK;
    this.mStride = odd(maxBlocks * itemTiles) * BLOCK;
    this.offsets = new int[inBlocks];
    Arrays.setAll(offsets, block -> block * blockTiles * BLOCK);
    this.weightOf = new int[tile.elements()];
    Arrays.setAll(weightOf, tile::weightOf);
    this.kernels = new KernelTable(conv.width(), BLOCK, maxBlocks, false);
    this.resultAt = PATCH_AT + patchHeight * patchWidth * BLOCK;
    this.productsAt = resultAt + tile.vertical().outputs() * tile.horizontal().outputs() * BLOCK;
    long vFloats = (long) tile.elements() * vStride;
    long mFloats = productsAt + (long) tile.elements() * mStride;
    workspace.reserve(shared ? vFloats : 0, shared ? mFloats : mFloats + vFloats);
  }

  private int blockTiles() {
    int all = Math.min(x.batch(), y.batch()) * tilesPerImage;
    if (!shared) {
      int perTile = tile.elements() * (inBlocks + panels[0].blocks()) * BLOCK;
      boolean small = conv.weights().length / convGroups <= SMALL_WEIGHTS;
      int most =
          small
              ? Math.max(1, SMALL_FLOATS / perTile / maxRows) * maxRows
              : Math.clamp(PRIVATE_FLOATS / perTile, 1, forEachItem(all));
      return Math.ceilDiv(all, Math.ceilDiv(all, most));
    }
    int floats = Math.max(SHARED_FLOATS, conv.weights().length / convGroups / WEIGHTS_PER_SHARED);
    int fitting = floats / (tile.elements() * inBlocks * BLOCK);
    return Math.clamp(fitting, Math.min(all, maxRows), all);
  }

  /** Tiles of an item, if all threads are to have some items. */
  private int forEachItem(int all) {
    int threads = parallel.threads();
    return threads == 1 ? all : Math.ceilDiv(all, ITEMS_PER_THREAD * threads);
  }

  private static int odd(int pixels) {
    return pixels | 1;
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    tiles = batch * tilesPerImage;
    if (shared) {
      transformed = workspace.shared();
      for (group = 0; group < convGroups; group++) {
        sharedBlocks();
      }
    } else {
      parallel.run(convGroups * Math.ceilDiv(tiles, blockTiles), wholeBlock);
    }
    y.clearHalo(arena, yAt, batch);
    y.clearTail(arena, yAt, batch);
  }

  /** All tiles of a group. */
  private void sharedBlocks() {
    for (firstTile = 0; firstTile < tiles; firstTile += blockTiles) {
      blockCount = Math.min(blockTiles, tiles - firstTile);
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

  /** An item of private blocks: one block of one group from its inputs to its outputs. */
  private void wholeBlock(int item, int worker) {
    float[] memory = workspace.worker(worker);
    int blocksPerGroup = Math.ceilDiv(tiles, blockTiles);
    int of = item / blocksPerGroup;
    int first = item % blocksPerGroup * blockTiles;
    int count = Math.min(blockTiles, tiles - first);
    int vAt = productsAt + tile.elements() * mStride;
    for (int block = 0; block < inBlocks; block++) {
      transformIn(of, block, first, count, memory, vAt, memory);
    }
    for (int panel = of * panelsPerGroup; panel < (of + 1) * panelsPerGroup; panel++) {
      multiply(panels[panel], 0, count, memory, vAt, memory);
      transformOut(panels[panel], first, count, memory);
    }
  }

  /** An item of a shared block: one input channel block of all of its tiles. */
  private void transform(int item, int worker) {
    transformIn(group, item, firstTile, blockCount, transformed, 0, workspace.worker(worker));
  }

  /** An item of a shared block: one panel for some of its tiles. */
  private void multiply(int item, int worker) {
    Panel panel = panels[group * panelsPerGroup + item / parts];
    int part = item % parts;
    int from = (int) ((long) blockCount * part / parts);
    int count = (int) ((long) blockCount * (part + 1) / parts) - from;
    float[] memory = workspace.worker(worker);
    multiply(panel, from, count, transformed, 0, memory);
    transformOut(panel, firstTile + from, count, memory);
  }

  /** V of one channel block of a group, {@code count} tiles from {@code first}. */
  private void transformIn(
      int of, int block, int first, int count, float[] v, int vAt, float[] memory) {
    int padding = conv.shape().padding();
    int height = tile.vertical().outputs() * tile.stride();
    int width = tile.horizontal().outputs() * tile.stride();
    int right = tilesPerRow * width - padding;
    int bottom = tilesPerImage / tilesPerRow * height - padding;
    int image = first / tilesPerImage;
    int top = first % tilesPerImage / tilesPerRow * height - padding;
    int left = first % tilesPerRow * width - padding;
    for (int t = 0; t < count; t++, left += width) {
      if (left >= right) {
        left = -padding;
        top += height;
      }
      if (top >= bottom) {
        top = -padding;
        image++;
      }
      int at = xOffset + x.index(of * inBlocks + block, image, top, left);
      int to = vAt + (block * blockTiles + t) * BLOCK;
      int rows = Math.min(patchHeight, x.height() + padding - top);
      int columns = Math.min(patchWidth, x.width() + padding - left);
      if (rows == patchHeight && columns == patchWidth) {
        transforms.input(data, at, x.rowStride(), v, to, vStride);
      } else {
        copyPatch(data, at, x.rowStride(), rows, columns, memory, patchHeight, patchWidth);
        transforms.input(memory, PATCH_AT, patchWidth * BLOCK, v, to, vStride);
      }
    }
  }

  /** The valid part of a tile that reaches beyond the image, with zeros around it. */
  private static void copyPatch(
      float[] from,
      int at,
      int rowStride,
      int rows,
      int columns,
      float[] memory,
      int height,
      int width) {
    Arrays.fill(memory, PATCH_AT, PATCH_AT + height * width * BLOCK, 0f);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          from, at + row * rowStride, memory, PATCH_AT + row * width * BLOCK, columns * BLOCK);
    }
  }

  /** M of one panel for {@code count} tiles of a block from {@code start}. */
  private void multiply(Panel panel, int start, int count, float[] v, int vAt, float[] memory) {
    int pieces = Math.ceilDiv(count, maxRows);
    int columns = panel.blocks() * BLOCK;
    for (int element = 0; element < weightOf.length; element++) {
      int weights = panel.offset() + weightOf[element] * panel.weightStride();
      for (int piece = 0; piece < pieces; piece++) {
        int from = count * piece / pieces;
        int rows = count * (piece + 1) / pieces - from;
        for (int entry = 0; entry < inBlocks; entry += CHUNK_ENTRIES) {
          kernels
              .get(rows, panel.blocks(), entry > 0)
              .run(
                  offsets,
                  entry,
                  Math.min(entry + CHUNK_ENTRIES, inBlocks),
                  v,
                  vAt + element * vStride + (start + from) * BLOCK,
                  conv.weights(),
                  weights + entry * BLOCK * columns,
                  memory,
                  productsAt + element * mStride + from * BLOCK,
                  mBlockStride,
                  memory,
                  productsAt + element * mStride + from * BLOCK,
                  mBlockStride,
                  memory,
                  0,
                  memory);
        }
      }
    }
  }

  /** The outputs of one panel for {@code count} tiles from {@code first}, whose M is complete. */
  private void transformOut(Panel panel, int first, int count, float[] memory) {
    int height = tile.vertical().outputs();
    int width = tile.horizontal().outputs();
    for (int b = 0; b < panel.blocks(); b++) {
      int block = panel.firstBlock() + b;
      int image = first / tilesPerImage;
      int row = first % tilesPerImage / tilesPerRow * height;
      int column = first % tilesPerRow * width;
      for (int t = 0; t < count; t++, column += width) {
        if (column >= y.width()) {
          column = 0;
          row += height;
        }
        if (row >= y.height()) {
          row = 0;
          image++;
        }
        int from = productsAt + b * mBlockStride + t * BLOCK;
        int to = yOffset + y.index(block, image, row, column);
        int other =
            residual == null ? 0 : residualOffset + residual.index(block, image, row, column);
        int stride = residual == null ? 0 : residual.rowStride();
        float[] added = residual == null ? NO_RESIDUAL : data;
        int rows = Math.min(height, y.height() - row);
        int columns = Math.min(width, y.width() - column);
        if (rows == height && columns == width) {
          transformOut(memory, from, block, added, other, stride, data, to, y.rowStride());
        } else {
          transformEdge(memory, from, block, other, to, rows, columns);
        }
      }
    }
  }

  private void transformOut(
      float[] memory,
      int from,
      int block,
      float[] other,
      int otherAt,
      int otherStride,
      float[] result,
      int to,
      int toStride) {
    transforms.output(
        memory,
        from,
        mStride,
        conv.bias(),
        block * BLOCK,
        conv.floor(),
        other,
        otherAt,
        otherStride,
        result,
        to,
        toStride);
  }

  /** A tile that reaches beyond the image: through a patch of whole size. */
  private void transformEdge(
      float[] memory, int from, int block, int other, int to, int rows, int columns) {
    int height = tile.vertical().outputs();
    int width = tile.horizontal().outputs();
    int stride = width * BLOCK;
    if (residual == null) {
      transformOut(memory, from, block, NO_RESIDUAL, 0, 0, memory, resultAt, stride);
    } else {
      copyPatch(data, other, residual.rowStride(), rows, columns, memory, height, width);
      transformOut(memory, from, block, memory, PATCH_AT, stride, memory, resultAt, stride);
    }
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          memory, resultAt + row * stride, data, to + row * y.rowStride(), columns * BLOCK);
    }
  }
}
