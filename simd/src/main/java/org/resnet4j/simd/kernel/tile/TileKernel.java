package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.Floor;

/**
 * The micro-kernel: one register tile of a matrix product, with what a convolution does to its sums
 * before their only store.
 *
 * <pre>
 *   for row i in 0..rows, lane j in 0..16*blocks:
 *     s = 0                                       [epilogue: bias[biasBase + j]]
 *     k = 0
 *     for q in from..to:                          one entry of the offset table: a run of A
 *       for u in 0..inner:
 *         s = fma(a[aBase + offsets[q] + i*aRowStride + u*aStep], b[bBase + k*16*blocks + j], s)
 *         k = k + 1
 *     [accumulate: s = s + add[addBase + (j/16)*addBlockStride + i*16 + j%16]]
 *     [epilogue: if s is below floor[16 + j%16], floor[j%16]]
 *     c[cBase + (j/16)*cBlockStride + i*16 + j%16] = s
 * </pre>
 *
 * <p>The table makes one kernel serve every dense operation: a 1x1 convolution has an entry per
 * channel block, a 3x3 one per (channel block, tap), and packed GEMM one per 16 values of k. {@code
 * rows}, {@code blocks}, {@code inner}, both strides of A and the two brackets are constants of the
 * kernel: see {@link TileSpec}.
 *
 * <p>C has rows 16 floats apart, {@code cBlockStride} floats between blocks of 16 columns. {@code
 * add} is a residual, or C itself with the sum so far; it may be the very tile that is written. C
 * must not overlap the other operands. Stateless and thread-safe. Indices are checked by the JVM
 * only.
 *
 * <p>Rounding: one fused multiply-add per term, {@code k} ascending, from the bias on; then the
 * addition. The order does not depend on rows, blocks or vector width. NaN is not below a number.
 *
 * <p>Source: the micro-kernel of Van Zee and van de Geijn, BLIS (ACM TOMS 2015), with the
 * indirection of Dukhan, arXiv 1907.02129.
 */
public interface TileKernel {
  /**
   * Computes one tile.
   *
   * @param offsets the table; entries {@code from} to {@code to - 1} are used
   * @param add ignored unless the kernel accumulates
   * @param bias ignored without epilogue
   * @param floor see {@link Floor}; ignored without epilogue
   * @param ahead index in {@code b} of weights that are needed next, which kernels of machine code
   *     fetch into the L2 cache meanwhile; it may lie beyond the array
   * @param lines cache lines of them for each entry of the table: 0, or a power of two up to 64
   */
  void run(
      int[] offsets,
      int from,
      int to,
      float[] a,
      int aBase,
      float[] b,
      int bBase,
      float[] c,
      int cBase,
      int cBlockStride,
      float[] add,
      int addBase,
      int addBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      int ahead,
      int lines);

  /**
   * Computes tiles that lie at equal distances, as {@link #run} for each.
   *
   * @param tiles how many, at least one
   * @param aNext floats from a tile's A to that of the next
   * @param bNext floats from a tile's B to that of the next
   * @param cNext floats from a tile's C to that of the next, and in what is added
   * @param ahead for the first tile; each of the others fetches what lies behind
   */
  default void runAll(
      int tiles,
      int aNext,
      int bNext,
      int cNext,
      int[] offsets,
      int from,
      int to,
      float[] a,
      int aBase,
      float[] b,
      int bBase,
      float[] c,
      int cBase,
      int cBlockStride,
      float[] add,
      int addBase,
      int addBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      int ahead,
      int lines) {
    for (int tile = 0; tile < tiles; tile++) {
      run(
          offsets,
          from,
          to,
          a,
          aBase + tile * aNext,
          b,
          bBase + tile * bNext,
          c,
          cBase + tile * cNext,
          cBlockStride,
          add,
          addBase + tile * cNext,
          addBlockStride,
          bias,
          biasBase,
          floor,
          ahead + WeightsAhead.floats(tile * (to - from), lines),
          lines);
    }
  }
}
