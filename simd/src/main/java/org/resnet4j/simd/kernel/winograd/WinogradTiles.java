package org.resnet4j.simd.kernel.winograd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.CacheLine;

/**
 * The tiles of a run of {@link WinogradCall}, in row-major order, one image after the other: from
 * the input's layout to V, and from M to the output's.
 *
 * <p>A tile that reaches beyond its image goes through a patch of whole size in the worker's {@code
 * memory}, of which the first {@link #memoryFloats} belong to this class. Thread-safe between calls
 * of {@link #begin}.
 */
final class WinogradTiles {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Where a patch lies in a worker's memory, the tile's result after it. */
  private static final int PATCH_AT = CacheLine.FIRST;

  /** A row of a tile, added where there is no residual. */
  private static final float[] NO_RESIDUAL = new float[WinogradAxis.F4.outputs() * BLOCK];

  private final Winograd conv;
  private final WinogradKernel kernel;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final int patchHeight;
  private final int patchWidth;
  private final int height;
  private final int width;
  private final int stride;
  private final int perRow;
  private final int perImage;
  private final int resultAt;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;

  WinogradTiles(Winograd conv, BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual) {
    WinogradTile tile = conv.tile();
    this.conv = conv;
    this.kernel = WinogradKernels.get(tile, conv.width());
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.patchHeight = tile.vertical().inputs();
    this.patchWidth = tile.horizontal().inputs();
    this.height = tile.vertical().outputs();
    this.width = tile.horizontal().outputs();
    this.stride = tile.stride();
    this.perRow = Math.ceilDiv(y.width(), width);
    this.perImage = tile.tilesFor(y.height(), y.width());
    this.resultAt = PATCH_AT + patchHeight * patchWidth * BLOCK;
  }

  /** Tiles of an image. */
  int perImage() {
    return perImage;
  }

  /** What it needs of each worker's memory, from its beginning. */
  int memoryFloats() {
    return resultAt + height * width * BLOCK;
  }

  /** Fixes where a run's values lie: see {@link BoundConv#run}. */
  void begin(float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
  }

  /**
   * V of one channel block of the input.
   *
   * @param first tile
   * @param count of tiles
   * @param v receives an element of the first tile at {@code vAt}, of the others in the pixels
   *     after it
   * @param vStride floats from one element to the next
   */
  void transformIn(
      int block, int first, int count, float[] v, int vAt, int vStride, float[] memory) {
    int padding = conv.shape().padding();
    int down = height * stride;
    int along = width * stride;
    int right = perRow * along - padding;
    int bottom = perImage / perRow * down - padding;
    int image = first / perImage;
    int top = first % perImage / perRow * down - padding;
    int left = first % perRow * along - padding;
    int alike;
    for (int t = 0; t < count; t += alike, left += alike * along) {
      if (left >= right) {
        left = -padding;
        top += down;
      }
      if (top >= bottom) {
        top = -padding;
        image++;
      }
      int at = xOffset + x.index(block, image, top, left);
      int to = vAt + t * BLOCK;
      int rows = Math.min(patchHeight, x.height() + padding - top);
      int columns = Math.min(patchWidth, x.width() + padding - left);
      alike = 1;
      if (rows == patchHeight && columns == patchWidth) {
        int inRow =
            Math.min((right - left) / along, (x.width() + padding - left - patchWidth) / along + 1);
        alike = Math.min(inRow, count - t);
        kernel.inputs(alike, along * BLOCK, data, at, x.rowStride(), v, to, vStride);
      } else {
        copyPatch(data, at, x.rowStride(), rows, columns, memory, patchHeight, patchWidth);
        kernel.input(memory, PATCH_AT, patchWidth * BLOCK, v, to, vStride);
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

  /**
   * One channel block of the output, with bias, residual and ReLU.
   *
   * @param first tile
   * @param count of tiles
   * @param memory the worker's, which holds M: an element of the first tile at {@code mAt}, of the
   *     others in the pixels after it
   * @param mStride floats from one element to the next
   */
  void transformOut(int block, int first, int count, float[] memory, int mAt, int mStride) {
    int image = first / perImage;
    int row = first % perImage / perRow * height;
    int column = first % perRow * width;
    int alike;
    for (int t = 0; t < count; t += alike, column += alike * width) {
      if (column >= y.width()) {
        column = 0;
        row += height;
      }
      if (row >= y.height()) {
        row = 0;
        image++;
      }
      int from = mAt + t * BLOCK;
      int to = yOffset + y.index(block, image, row, column);
      int other = residual == null ? 0 : residualOffset + residual.index(block, image, row, column);
      int otherStride = residual == null ? 0 : residual.rowStride();
      float[] added = residual == null ? NO_RESIDUAL : data;
      int rows = Math.min(height, y.height() - row);
      int columns = Math.min(width, y.width() - column);
      alike = 1;
      if (rows == height && columns == width) {
        alike = Math.min((y.width() - column) / width, count - t);
        output(
            alike,
            memory,
            from,
            mStride,
            block,
            added,
            other,
            otherStride,
            data,
            to,
            y.rowStride());
      } else {
        edge(memory, from, mStride, block, other, to, rows, columns);
      }
    }
  }

  private void output(
      int alike,
      float[] memory,
      int from,
      int mStride,
      int block,
      float[] other,
      int otherAt,
      int otherStride,
      float[] result,
      int to,
      int toStride) {
    kernel.outputs(
        alike,
        otherStride == 0 ? 0 : width * BLOCK,
        width * BLOCK,
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
  private void edge(
      float[] memory, int from, int mStride, int block, int other, int to, int rows, int columns) {
    int wide = width * BLOCK;
    if (residual == null) {
      output(1, memory, from, mStride, block, NO_RESIDUAL, 0, 0, memory, resultAt, wide);
    } else {
      copyPatch(data, other, residual.rowStride(), rows, columns, memory, height, width);
      output(1, memory, from, mStride, block, memory, PATCH_AT, wide, memory, resultAt, wide);
    }
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          memory, resultAt + row * wide, data, to + row * y.rowStride(), columns * BLOCK);
    }
  }
}
