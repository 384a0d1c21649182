package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * What follows the sums of a register tile: {@code y = y + bias [+ residual]}, raised to {@code
 * floor} where it is below.
 *
 * <p>A tile has {@code rows} pixels of 16 floats in each of {@code blocks} channel blocks. It was
 * stored an instant ago and lies in the L1 cache. It is no part of the micro-kernel, so that one
 * kernel, which C2 takes long to compile, serves every epilogue.
 *
 * <p>{@code floor} holds 16 equal values: 0 for a ReLU, negative infinity for none; NaN stays NaN.
 * The residual may lie in {@code y}'s array but must not overlap the tile. Stateless and
 * thread-safe; indices are checked by the JVM only.
 *
 * <p>Rounding: each addition once, in the order above.
 */
final class TileEpilogue {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final int LANES = SPECIES.length();
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;
  private static final int BLOCK = BlockedLayout.BLOCK;

  private TileEpilogue() {}

  /**
   * Adds the bias, and the residual if there is one.
   *
   * @param data holds the tile and the residual
   * @param y layout of the tile, which begins at {@code yAt}
   * @param residual layout of the residual, or null for none
   * @param residualAt where its tile begins; ignored without one
   */
  static void apply(
      float[] data,
      BlockedLayout y,
      int yAt,
      int rows,
      int blocks,
      float[] bias,
      int biasAt,
      float[] floor,
      @Nullable BlockedLayout residual,
      int residualAt) {
    int stride = y.blockStride();
    if (residual == null) {
      apply(data, yAt, stride, rows, blocks, bias, biasAt, floor);
    } else {
      int other = residual.blockStride();
      apply(data, yAt, stride, rows, blocks, bias, biasAt, floor, data, residualAt, other);
    }
  }

  /** Adds the bias. */
  static void apply(
      float[] y,
      int yAt,
      int yBlockStride,
      int rows,
      int blocks,
      float[] bias,
      int biasAt,
      float[] floor) {
    if (!VECTORS) {
      scalar(y, yAt, yBlockStride, rows, blocks, bias, biasAt, floor, null, 0, 0);
      return;
    }
    for (int block = 0; block < blocks; block++) {
      for (int lane = 0; lane < BLOCK; lane += LANES) {
        FloatVector b = FloatVector.fromArray(SPECIES, bias, biasAt + block * BLOCK + lane);
        FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
        int at = yAt + block * yBlockStride + lane;
        for (int i = 0; i < rows; i++, at += BLOCK) {
          FloatVector v = FloatVector.fromArray(SPECIES, y, at).add(b);
          v.blend(f, v.compare(VectorOperators.LT, f)).intoArray(y, at);
        }
      }
    }
  }

  /** Adds the bias and a residual, whose tile is laid out like {@code y}'s. */
  static void apply(
      float[] y,
      int yAt,
      int yBlockStride,
      int rows,
      int blocks,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualBlockStride) {
    if (!VECTORS) {
      scalar(
          y,
          yAt,
          yBlockStride,
          rows,
          blocks,
          bias,
          biasAt,
          floor,
          residual,
          residualAt,
          residualBlockStride);
      return;
    }
    for (int block = 0; block < blocks; block++) {
      for (int lane = 0; lane < BLOCK; lane += LANES) {
        FloatVector b = FloatVector.fromArray(SPECIES, bias, biasAt + block * BLOCK + lane);
        FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
        int at = yAt + block * yBlockStride + lane;
        int other = residualAt + block * residualBlockStride + lane;
        for (int i = 0; i < rows; i++, at += BLOCK, other += BLOCK) {
          FloatVector r = FloatVector.fromArray(SPECIES, residual, other);
          FloatVector v = FloatVector.fromArray(SPECIES, y, at).add(b).add(r);
          v.blend(f, v.compare(VectorOperators.LT, f)).intoArray(y, at);
        }
      }
    }
  }

  private static void scalar(
      float[] y,
      int yAt,
      int yBlockStride,
      int rows,
      int blocks,
      float[] bias,
      int biasAt,
      float[] floor,
      float @Nullable [] residual,
      int residualAt,
      int residualBlockStride) {
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < rows * BLOCK; i++) {
        int lane = i % BLOCK;
        int at = yAt + block * yBlockStride + i;
        float sum = y[at] + bias[biasAt + block * BLOCK + lane];
        if (residual != null) {
          sum += residual[residualAt + block * residualBlockStride + i];
        }
        y[at] = sum < floor[lane] ? floor[lane] : sum;
      }
    }
  }
}
