package org.resnet4j.simd.kernel.gemm;

import java.util.Arrays;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * A {@link Gemm} of one row of A: every element of B is used once, so packing it would double what
 * is read. Eight rows of B at a time pass by from left to right, as the prefetcher likes it, and
 * are added to partial sums that stay in the L1 cache.
 *
 * <p>Rounding: as {@link Gemm}.
 */
final class RowTimesMatrix {
  private static final int LANES = VectorWidth.preferred().lanes();
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
        int done = VECTORS ? EightRows.add(a, p, b, sums, from, to) : from;
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
