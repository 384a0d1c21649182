package org.resnet4j.simd.kernel.tile;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * The kernels of one convolution by rows, blocks and whether they add a tile, so that a run looks
 * up without allocating. Thread-safe: two threads that miss at the same time find the same kernel.
 */
public final class KernelTable {
  private final VectorWidth width;
  private final int aRowStride;
  private final int inner;
  private final boolean epilogue;
  private final @Nullable TileKernel[][] kernels;

  /** For input in the kernels' blocks: a run of A is the channels of a block. */
  public KernelTable(VectorWidth width, int aRowStride, int maxBlocks, boolean epilogue) {
    this(width, aRowStride, BlockedLayout.BLOCK, maxBlocks, epilogue);
  }

  /** For runs of {@code inner} values of A. */
  public KernelTable(
      VectorWidth width, int aRowStride, int inner, int maxBlocks, boolean epilogue) {
    this.width = width;
    this.aRowStride = aRowStride;
    this.inner = inner;
    this.epilogue = epilogue;
    this.kernels = new TileKernel[maxBlocks + 1][];
    for (int blocks = 1; blocks <= maxBlocks; blocks++) {
      kernels[blocks] = new TileKernel[2 * (Tiling.maxRows(width, blocks) + 1)];
    }
  }

  /**
   * The kernel for a tile of {@code rows x blocks}.
   *
   * @param accumulate whether it adds a tile: a residual, or the sum of the earlier terms
   */
  public TileKernel get(int rows, int blocks, boolean accumulate) {
    int slot = 2 * rows + (accumulate ? 1 : 0);
    TileKernel kernel = kernels[blocks][slot];
    if (kernel == null) {
      TileSpec spec = TileSpec.product(width, rows, blocks, aRowStride, 1, inner);
      kernel = TileKernels.get(spec.with(accumulate, epilogue));
      kernels[blocks][slot] = kernel;
    }
    return kernel;
  }
}
