package org.resnet4j.simd.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The kernels of one convolution by rows, blocks and place in k, so that a run looks up without
 * allocating. Thread-safe: two threads that miss at the same time find the same kernel.
 */
final class KernelTable {
  private static final int PLACES = 4;

  private final VectorWidth width;
  private final int aRowStride;
  private final boolean residual;
  private final boolean relu;
  private final @Nullable TileKernel[][] kernels;

  KernelTable(VectorWidth width, int aRowStride, int maxBlocks, boolean residual, boolean relu) {
    this.width = width;
    this.aRowStride = aRowStride;
    this.residual = residual;
    this.relu = relu;
    this.kernels = new TileKernel[maxBlocks + 1][];
    for (int blocks = 1; blocks <= maxBlocks; blocks++) {
      kernels[blocks] = new TileKernel[(Tiling.maxRows(width, blocks) + 1) * PLACES];
    }
  }

  /**
   * The kernel of a tile.
   *
   * @param first whether it computes the first chunk of k, and so does not read C
   * @param last whether it computes the last chunk of k, and so applies the epilogue
   */
  TileKernel get(int rows, int blocks, boolean first, boolean last) {
    int slot = rows * PLACES + (first ? 2 : 0) + (last ? 1 : 0);
    TileKernel kernel = kernels[blocks][slot];
    if (kernel == null) {
      TileSpec spec = TileSpec.plain(width, rows, blocks, aRowStride, 1, BlockedLayout.BLOCK);
      if (!first) {
        spec = spec.withAccumulate();
      }
      if (last) {
        spec = spec.withEpilogue(true, residual, relu);
      }
      kernel = TileKernels.get(spec);
      kernels[blocks][slot] = kernel;
    }
    return kernel;
  }
}
