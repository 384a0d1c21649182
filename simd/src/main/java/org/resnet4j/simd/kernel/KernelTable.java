package org.resnet4j.simd.kernel;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.TileSpec.Epilogue;

/**
 * The kernels of one convolution by rows, blocks and place in k, so that a run looks up without
 * allocating. Thread-safe: two threads that miss at the same time find the same kernel.
 */
final class KernelTable {
  /** Which chunk of k a kernel computes. */
  enum Chunk {
    /** All of k: reads nothing, applies the epilogue. */
    ONLY(0),
    /** Adds to C. */
    INNER(1),
    /** Adds to C, applies the epilogue. */
    LAST(2);

    private final int slot;

    Chunk(int slot) {
      this.slot = slot;
    }
  }

  private static final int CHUNKS = Chunk.values().length;

  private final VectorWidth width;
  private final int aRowStride;
  private final int inner;
  private final Epilogue epilogue;
  private final @Nullable TileKernel[][] kernels;

  /** For input in the kernels' blocks: a run of A is the channels of a block. */
  KernelTable(VectorWidth width, int aRowStride, int maxBlocks, Epilogue epilogue) {
    this(width, aRowStride, BlockedLayout.BLOCK, maxBlocks, epilogue);
  }

  /** For runs of {@code inner} values of A. */
  KernelTable(VectorWidth width, int aRowStride, int inner, int maxBlocks, Epilogue epilogue) {
    this.width = width;
    this.aRowStride = aRowStride;
    this.inner = inner;
    this.epilogue = epilogue;
    this.kernels = new TileKernel[maxBlocks + 1][];
    for (int blocks = 1; blocks <= maxBlocks; blocks++) {
      kernels[blocks] = new TileKernel[(Tiling.maxRows(width, blocks) + 1) * CHUNKS];
    }
  }

  /** The kernel for a tile of {@code rows x blocks}. */
  TileKernel get(int rows, int blocks, Chunk chunk) {
    int slot = rows * CHUNKS + chunk.slot;
    TileKernel kernel = kernels[blocks][slot];
    if (kernel == null) {
      TileSpec spec = TileSpec.plain(width, rows, blocks, aRowStride, 1, inner);
      kernel =
          TileKernels.get(
              switch (chunk) {
                case ONLY -> spec.with(epilogue);
                case INNER -> spec.accumulating();
                case LAST -> spec.accumulating().with(epilogue);
              });
      kernels[blocks][slot] = kernel;
    }
    return kernel;
  }
}
