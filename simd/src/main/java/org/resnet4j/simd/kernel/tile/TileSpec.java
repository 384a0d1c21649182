package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * What is constant in a {@link TileKernel}, and therefore known to the JIT compiler.
 *
 * @param width vector width
 * @param rows rows of C, at least 1
 * @param blocks blocks of 16 columns of C, at least 1
 * @param aRowStride floats between rows of A
 * @param aStep floats between consecutive k within a run of A
 * @param inner length of a run of A
 * @param accumulate whether a tile is added: a residual, or the sum of the earlier terms
 * @param epilogue whether sums begin with a bias and end with a lower bound
 */
public record TileSpec(
    VectorWidth width,
    int rows,
    int blocks,
    int aRowStride,
    int aStep,
    int inner,
    boolean accumulate,
    boolean epilogue) {
  /** A kernel that stores its sums. */
  public static TileSpec product(
      VectorWidth width, int rows, int blocks, int aRowStride, int aStep, int inner) {
    return new TileSpec(width, rows, blocks, aRowStride, aStep, inner, false, false);
  }

  /** The same, with or without the two brackets of {@link TileKernel}. */
  public TileSpec with(boolean accumulates, boolean hasEpilogue) {
    return new TileSpec(width, rows, blocks, aRowStride, aStep, inner, accumulates, hasEpilogue);
  }

  /** Vectors in a row of C. */
  int vectors() {
    return blocks * BlockedLayout.vectors(width);
  }

  /** {@code "Tile14x2"} and its constants, as profilers show it. */
  String className() {
    return "Tile"
        + rows
        + "x"
        + blocks
        + "_"
        + width.bits()
        + "_r"
        + aRowStride
        + "_s"
        + aStep
        + "_u"
        + inner
        + (accumulate ? "_accumulate" : "")
        + (epilogue ? "_epilogue" : "");
  }
}
