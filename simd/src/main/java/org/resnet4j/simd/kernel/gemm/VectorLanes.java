package org.resnet4j.simd.kernel.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.Species;

/** {@link Lanes} on the Vector API. */
final class VectorLanes {
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int STEP = SPECIES.length();
  private static final int BLOCK = BlockedLayout.BLOCK;

  private VectorLanes() {}

  static void copy(float[] x, int xAt, float[] y, int yAt, int count) {
    int end = SPECIES.loopBound(count);
    int i = 0;
    for (; i < end; i += SPECIES.length()) {
      FloatVector.fromArray(SPECIES, x, xAt + i).intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] = x[xAt + i];
    }
  }

  static void addBlocks(
      float[] x, int xBlockStride, float alpha, float[] y, int yAt, int ld, int rows, int blocks) {
    for (int b = 0; b < blocks; b++) {
      for (int lane = 0; lane < BLOCK; lane += STEP) {
        int from = b * xBlockStride + lane;
        int to = yAt + b * BLOCK + lane;
        for (int i = 0; i < rows; i++, from += BLOCK, to += ld) {
          FloatVector sum = FloatVector.fromArray(SPECIES, y, to);
          FloatVector.fromArray(SPECIES, x, from).mul(alpha).add(sum).intoArray(y, to);
        }
      }
    }
  }

  static void storeBlocks(
      float[] x, int xBlockStride, float alpha, float[] y, int yAt, int ld, int rows, int blocks) {
    for (int b = 0; b < blocks; b++) {
      for (int lane = 0; lane < BLOCK; lane += STEP) {
        int from = b * xBlockStride + lane;
        int to = yAt + b * BLOCK + lane;
        for (int i = 0; i < rows; i++, from += BLOCK, to += ld) {
          FloatVector.fromArray(SPECIES, x, from).mul(alpha).intoArray(y, to);
        }
      }
    }
  }
}
