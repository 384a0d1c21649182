package org.resnet4j.simd.kernel.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.Species;
import org.resnet4j.simd.machine.KernelPath;

/**
 * Element-wise loops at the processor's preferred width, or without vectors on {@link
 * KernelPath#SCALAR}. Each lane is computed on its own, so neither can change a result.
 */
final class Lanes {
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final boolean VECTORS = KernelPath.current() != KernelPath.SCALAR;
  private static final int STEP = VECTORS ? SPECIES.length() : 1;
  private static final int BLOCK = BlockedLayout.BLOCK;

  private Lanes() {}

  /** {@code y[i] = x[i]} for {@code count} elements. */
  static void copy(float[] x, int xAt, float[] y, int yAt, int count) {
    int end = vectorEnd(count);
    int i = 0;
    for (; i < end; i += SPECIES.length()) {
      FloatVector.fromArray(SPECIES, x, xAt + i).intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] = x[xAt + i];
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
    for (int b = 0; b < blocks; b++) {
      for (int lane = 0; lane < BLOCK; lane += STEP) {
        int from = b * xBlockStride + lane;
        int to = yAt + b * BLOCK + lane;
        for (int i = 0; i < rows; i++, from += BLOCK, to += ld) {
          if (VECTORS) {
            FloatVector sum = FloatVector.fromArray(SPECIES, y, to);
            FloatVector.fromArray(SPECIES, x, from).mul(alpha).add(sum).intoArray(y, to);
          } else {
            y[to] = x[from] * alpha + y[to];
          }
        }
      }
    }
  }

  /** {@code y = alpha * x}; otherwise as {@link #addBlocks}. */
  static void storeBlocks(
      float[] x, int xBlockStride, float alpha, float[] y, int yAt, int ld, int rows, int blocks) {
    for (int b = 0; b < blocks; b++) {
      for (int lane = 0; lane < BLOCK; lane += STEP) {
        int from = b * xBlockStride + lane;
        int to = yAt + b * BLOCK + lane;
        for (int i = 0; i < rows; i++, from += BLOCK, to += ld) {
          if (VECTORS) {
            FloatVector.fromArray(SPECIES, x, from).mul(alpha).intoArray(y, to);
          } else {
            y[to] = x[from] * alpha;
          }
        }
      }
    }
  }

  /** Elements that whole vectors cover. */
  private static int vectorEnd(int count) {
    return VECTORS ? SPECIES.loopBound(count) : 0;
  }
}
