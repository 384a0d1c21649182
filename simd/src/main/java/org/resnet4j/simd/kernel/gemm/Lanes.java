package org.resnet4j.simd.kernel.gemm;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.KernelPath;

/**
 * Element-wise loops at the processor's preferred width, or without vectors on {@link
 * KernelPath#SCALAR}. Each lane is computed on its own, so neither can change a result.
 */
final class Lanes {
  private static final boolean VECTORS = KernelPath.current() != KernelPath.SCALAR;
  private static final int BLOCK = BlockedLayout.BLOCK;

  private Lanes() {}

  /** {@code y[i] = x[i]} for {@code count} elements. */
  static void copy(float[] x, int xAt, float[] y, int yAt, int count) {
    if (VECTORS) {
      VectorLanes.copy(x, xAt, y, yAt, count);
    } else {
      System.arraycopy(x, xAt, y, yAt, count);
    }
  }

  /**
   * {@code y = alpha * x + y}, both steps rounded, for whole blocks of {@link BlockedLayout#BLOCK}
   * columns of a register tile.
   *
   * @param x rows lie a block apart
   * @param xBlockStride floats from a block of columns to the next
   * @param y row-major, rows {@code ld} floats apart
   */
  static void addBlocks(
      float[] x, int xBlockStride, float alpha, float[] y, int yAt, int ld, int rows, int blocks) {
    if (VECTORS) {
      VectorLanes.addBlocks(x, xBlockStride, alpha, y, yAt, ld, rows, blocks);
      return;
    }
    for (int b = 0; b < blocks; b++) {
      for (int i = 0; i < rows; i++) {
        int from = b * xBlockStride + i * BLOCK;
        int to = yAt + b * BLOCK + i * ld;
        for (int lane = 0; lane < BLOCK; lane++) {
          y[to + lane] = x[from + lane] * alpha + y[to + lane];
        }
      }
    }
  }

  /** {@code y = alpha * x}; otherwise as {@link #addBlocks}. */
  static void storeBlocks(
      float[] x, int xBlockStride, float alpha, float[] y, int yAt, int ld, int rows, int blocks) {
    if (VECTORS) {
      VectorLanes.storeBlocks(x, xBlockStride, alpha, y, yAt, ld, rows, blocks);
      return;
    }
    for (int b = 0; b < blocks; b++) {
      for (int i = 0; i < rows; i++) {
        int from = b * xBlockStride + i * BLOCK;
        int to = yAt + b * BLOCK + i * ld;
        for (int lane = 0; lane < BLOCK; lane++) {
          y[to + lane] = x[from + lane] * alpha;
        }
      }
    }
  }
}
