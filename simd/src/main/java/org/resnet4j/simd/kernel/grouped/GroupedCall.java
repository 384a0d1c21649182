package org.resnet4j.simd.kernel.grouped;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.CacheLine;

/**
 * {@link Grouped} on one session's layouts. An item of work is a strip of rows of one channel block
 * of one image; a row is cut into pieces whose lengths differ by at most one pixel.
 */
final class GroupedCall implements BoundConv, Parallel.Task {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 4;

  private final Grouped conv;
  private final ConvShape shape;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Parallel parallel;
  private final float[] permutations;
  private final int pieces;
  private final int shortPiece;
  private final int longPieces;
  private final GroupedKernel shortKernel;
  private final GroupedKernel longKernel;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;
  private int strips;

  GroupedCall(
      Grouped conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Parallel parallel) {
    this.conv = conv;
    this.shape = conv.shape();
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.parallel = parallel;
    this.permutations = permutations(conv.width().lanes(), shape.inChannelsPerGroup());
    int maxRows =
        GroupedKernels.maxRows(
            conv.width(), shape.inChannelsPerGroup(), shape.kernel(), shape.stride());
    this.pieces = Math.ceilDiv(y.width(), maxRows);
    this.shortPiece = y.width() / pieces;
    this.longPieces = y.width() % pieces;
    this.shortKernel = kernel(shortPiece);
    this.longKernel = longPieces == 0 ? shortKernel : kernel(shortPiece + 1);
  }

  /**
   * For each channel of a group the lanes that bring it to all outputs of the group. Where a group
   * has more channels than a vector lanes, the vector is the one that holds the channel.
   */
  private static float[] permutations(int lanes, int group) {
    int span = Math.min(group, lanes);
    float[] from = new float[group * lanes];
    for (int i = 0; i < from.length; i++) {
      int lane = i % lanes;
      from[i] = lane - lane % span + i / lanes % lanes;
    }
    return from;
  }

  private GroupedKernel kernel(int rows) {
    return GroupedKernels.get(
        new GroupedSpec(
            conv.width(),
            rows,
            shape.inChannelsPerGroup(),
            shape.kernel(),
            shape.stride(),
            residual != null));
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    int wanted = Math.ceilDiv(ITEMS_PER_THREAD * parallel.threads(), batch * y.blocks());
    strips = parallel.threads() == 1 ? 1 : Math.min(wanted, y.height());
    parallel.run(batch * y.blocks() * strips, this);
    y.clearHalo(arena, yAt, batch);
  }

  @Override
  public void run(int item, int worker) {
    int block = item % y.blocks();
    int strip = item / y.blocks() % strips;
    int image = item / y.blocks() / strips;
    int end = y.height() * (strip + 1) / strips;
    for (int row = y.height() * strip / strips; row < end; row++) {
      row(block, image, row);
    }
  }

  private void row(int block, int image, int row) {
    int top = row * shape.stride() - shape.padding();
    int from = xOffset + x.index(block, image, top, -shape.padding());
    int to = yOffset + y.index(block, image, row, 0);
    int other = residual == null ? 0 : residualOffset + residual.index(block, image, row, 0);
    if (longPieces > 0) {
      vectors(longKernel, shortPiece + 1, longPieces, block, from, to, other);
    }
    int pixels = longPieces * (shortPiece + 1);
    vectors(
        shortKernel,
        shortPiece,
        pieces - longPieces,
        block,
        from + pixels * shape.stride() * BLOCK,
        to + pixels * BLOCK,
        other + pixels * BLOCK);
  }

  /** All channels of a block, in pieces of so many pixels that follow each other. */
  private void vectors(
      GroupedKernel kernel, int pixels, int count, int block, int from, int to, int other) {
    int lanes = conv.width().lanes();
    int group = shape.inChannelsPerGroup();
    int weightsPerVector = group * shape.taps() * lanes;
    int weightsAt = CacheLine.FIRST + block * BLOCK / lanes * weightsPerVector;
    for (int lane = 0; lane < BLOCK; lane += lanes, weightsAt += weightsPerVector) {
      kernel.runAll(
          count,
          pixels * shape.stride() * BLOCK,
          pixels * BLOCK,
          data,
          from + lane - lane % Math.max(group, lanes),
          x.rowStride(),
          permutations,
          conv.weights(),
          weightsAt,
          data,
          to + lane,
          conv.bias(),
          block * BLOCK + lane,
          conv.floor(),
          data,
          other + lane);
    }
  }
}
