package org.resnet4j.simd.kernel.direct;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.direct.DirectStem.OutputTile;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.KernelTable;
import org.resnet4j.simd.kernel.tile.Tiling;

/**
 * {@link DirectStem} on one session's layouts: the loops around the micro-kernel. An item of work
 * is a strip of output rows of one image; one output tile after the other passes over it, so that a
 * tile's weights stay in the L1 cache and the strip's input rows in L2.
 */
final class DirectStemCall implements BoundConv, Parallel.Task {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Output rows in a strip: enough to reuse the weights, few enough to keep many threads busy. */
  private static final int STRIP = 4;

  private final DirectStem conv;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Parallel parallel;
  private final OutputTile[] tiles;
  private final int[] offsets;
  private final int pixelStride;
  private final int maxRows;
  private final int strips;
  private final KernelTable kernels;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;

  DirectStemCall(
      DirectStem conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Parallel parallel) {
    ConvShape shape = conv.shape();
    this.conv = conv;
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.parallel = parallel;
    this.tiles = conv.tiles().toArray(OutputTile[]::new);
    this.offsets = new int[shape.kernel()];
    for (int r = 0; r < offsets.length; r++) {
      offsets[r] = r * x.rowStride();
    }
    this.pixelStride = shape.stride() * shape.inChannels();
    this.strips = Math.ceilDiv(y.height(), STRIP);
    int maxBlocks = tiles[0].blocks();
    this.maxRows = Tiling.maxRows(conv.width(), maxBlocks);
    int run = shape.kernel() * shape.inChannels();
    this.kernels = new KernelTable(conv.width(), pixelStride, run, maxBlocks, true);
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    parallel.run(batch * strips, this);
    y.clearHalo(arena, yAt, batch);
    y.clearTail(arena, yAt, batch);
  }

  @Override
  public void run(int item, int worker) {
    int image = item / strips;
    int first = item % strips * STRIP;
    int end = Math.min(first + STRIP, y.height());
    for (int t = 0; t < tiles.length; t++) {
      for (int row = first; row < end; row++) {
        int whole = y.width() / maxRows;
        if (whole > 0) {
          compute(tiles[t], image, row, 0, maxRows, whole);
        }
        if (whole * maxRows < y.width()) {
          compute(tiles[t], image, row, whole * maxRows, y.width() - whole * maxRows, 1);
        }
      }
    }
  }

  /** Register tiles of {@code rows} pixels each, from {@code start} of an output row. */
  private void compute(OutputTile tile, int image, int row, int start, int rows, int count) {
    ConvShape shape = conv.shape();
    int top = row * shape.stride() - shape.padding();
    int from = x.index(0, image, top, -shape.padding()) + start * pixelStride;
    int to = y.index(tile.firstBlock(), image, row, start);
    kernels
        .get(rows, tile.blocks(), residual != null)
        .runAll(
            count,
            rows * pixelStride,
            0,
            rows * BLOCK,
            offsets,
            0,
            offsets.length,
            data,
            xOffset + from,
            conv.weights(),
            tile.weightOffset(),
            data,
            yOffset + to,
            y.blockStride(),
            data,
            residual != null
                ? residualOffset + residual.index(tile.firstBlock(), image, row, start)
                : 0,
            residual != null ? residual.blockStride() : 0,
            conv.bias(),
            tile.firstBlock() * BLOCK,
            conv.floor(),
            0,
            0);
  }
}
