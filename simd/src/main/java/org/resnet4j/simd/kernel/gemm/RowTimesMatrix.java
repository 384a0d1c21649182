package org.resnet4j.simd.kernel.gemm;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.Species;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;

/**
 * A {@link Gemm} of one row of A: every element of B is used once, so packing it would double what
 * is read. Eight rows of B at a time pass by from left to right, as the prefetcher likes it, and
 * are added to partial sums that stay in the L1 cache.
 *
 * <p>Rounding: as {@link Gemm}.
 */
final class RowTimesMatrix {
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;
  private static final boolean FUSED = CpuFeatures.current().fma();
  private static final int ROWS = 8;
  private static final int ITEMS_PER_THREAD = 2;

  private RowTimesMatrix() {}

  /**
   * {@code c = alpha * a * b [+ c]}.
   *
   * @param a one row of k values
   * @param b k x n, not transposed
   * @param c one row of n values
   */
  static void multiply(
      Parallel parallel,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      boolean accumulate,
      Matrix c) {
    int parts = parallel.threads() == 1 ? 1 : ITEMS_PER_THREAD * parallel.threads();
    int length = Math.ceilDiv(Math.ceilDiv(n, parts), LANES) * LANES;
    float[] sums = new float[n];
    parallel.run(
        Math.ceilDiv(n, length),
        (part, _) ->
            columns(
                part * length,
                Math.min(n, (part + 1) * length),
                k,
                alpha,
                a,
                b,
                sums,
                accumulate,
                c));
  }

  private static void columns(
      int from,
      int to,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float[] sums,
      boolean accumulate,
      Matrix c) {
    for (int pc = 0; pc < k; pc += Tiling.CHUNK) {
      int end = Math.min(pc + Tiling.CHUNK, k);
      Arrays.fill(sums, from, to, 0f);
      int p = pc;
      for (; p + ROWS <= end; p += ROWS) {
        int done = VECTORS ? eightRows(a, p, b, sums, from, to) : from;
        for (int q = p; q < p + ROWS; q++) {
          row(a, q, b, sums, done, to);
        }
      }
      for (; p < end; p++) {
        row(a, p, b, sums, from, to);
      }
      boolean add = accumulate || pc > 0;
      for (int j = from; j < to; j++) {
        float scaled = sums[j] * alpha;
        int at = c.offset() + j;
        c.data()[at] = add ? scaled + c.data()[at] : scaled;
      }
    }
  }

  /** Adds rows {@code p} to {@code p + 7} of B; returns the first column that no vector covered. */
  private static int eightRows(Matrix a, int p, Matrix b, float[] sums, int from, int to) {
    float[] x = a.data();
    int step = a.columnStep();
    int at = a.offset() + p * step;
    FloatVector a0 = FloatVector.broadcast(SPECIES, x[at]);
    FloatVector a1 = FloatVector.broadcast(SPECIES, x[at + step]);
    FloatVector a2 = FloatVector.broadcast(SPECIES, x[at + 2 * step]);
    FloatVector a3 = FloatVector.broadcast(SPECIES, x[at + 3 * step]);
    FloatVector a4 = FloatVector.broadcast(SPECIES, x[at + 4 * step]);
    FloatVector a5 = FloatVector.broadcast(SPECIES, x[at + 5 * step]);
    FloatVector a6 = FloatVector.broadcast(SPECIES, x[at + 6 * step]);
    FloatVector a7 = FloatVector.broadcast(SPECIES, x[at + 7 * step]);
    float[] y = b.data();
    int ld = b.ld();
    int row = b.offset() + p * ld;
    int j = from;
    for (; j + LANES <= to; j += LANES) {
      int i = row + j;
      FloatVector s = FloatVector.fromArray(SPECIES, sums, j);
      s = a0.fma(FloatVector.fromArray(SPECIES, y, i), s);
      s = a1.fma(FloatVector.fromArray(SPECIES, y, i + ld), s);
      s = a2.fma(FloatVector.fromArray(SPECIES, y, i + 2 * ld), s);
      s = a3.fma(FloatVector.fromArray(SPECIES, y, i + 3 * ld), s);
      s = a4.fma(FloatVector.fromArray(SPECIES, y, i + 4 * ld), s);
      s = a5.fma(FloatVector.fromArray(SPECIES, y, i + 5 * ld), s);
      s = a6.fma(FloatVector.fromArray(SPECIES, y, i + 6 * ld), s);
      s = a7.fma(FloatVector.fromArray(SPECIES, y, i + 7 * ld), s);
      s.intoArray(sums, j);
    }
    return j;
  }

  /** Adds one row of B, from column {@code from} on. */
  private static void row(Matrix a, int p, Matrix b, float[] sums, int from, int to) {
    float x = a.data()[a.offset() + p * a.columnStep()];
    float[] y = b.data();
    int row = b.offset() + p * b.ld();
    if (FUSED) {
      for (int j = from; j < to; j++) {
        sums[j] = Math.fma(x, y[row + j], sums[j]);
      }
    } else {
      for (int j = from; j < to; j++) {
        sums[j] = x * y[row + j] + sums[j];
      }
    }
  }
}
