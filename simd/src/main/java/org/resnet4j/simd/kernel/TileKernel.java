package org.resnet4j.simd.kernel;

/**
 * The micro-kernel: one register tile of the product {@code C = A * B} or {@code C += A * B}.
 *
 * <pre>
 *   for row i in 0..rows, lane j in 0..16*blocks:
 *     s = 0
 *     k = 0
 *     for q in from..to:                          one entry of the offset table: a run of A
 *       for u in 0..inner:
 *         s = fma(a[aBase + offsets[q] + i*aRowStride + u*aStep], b[bBase + k*16*blocks + j], s)
 *         k = k + 1
 *     c[cBase + (j/16)*cBlockStride + i*16 + j%16] = s  [+ c, the sum so far]
 * </pre>
 *
 * <p>The table makes one kernel serve every dense operation: a 1x1 convolution has an entry per
 * channel block, a 3x3 one per (channel block, tap), and packed GEMM one per 16 values of k. {@code
 * rows}, {@code blocks}, {@code inner}, both strides of A and whether C is added to are constants
 * of the kernel: see {@link TileSpec}. What follows the sums is {@link TileEpilogue}'s.
 *
 * <p>C has rows 16 floats apart, {@code cBlockStride} floats between blocks of 16 columns. C must
 * not overlap the other operands. Stateless and thread-safe. Indices are checked by the JVM only.
 *
 * <p>Rounding: one fused multiply-add per term, {@code k} ascending, then the addition to C. The
 * order does not depend on rows, blocks or vector width.
 *
 * <p>Source: the micro-kernel of Van Zee and van de Geijn, BLIS (ACM TOMS 2015), with the
 * indirection of Dukhan, arXiv 1907.02129.
 */
interface TileKernel {
  /**
   * Computes one tile.
   *
   * @param offsets the table; entries {@code from} to {@code to - 1} are used
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
      int cBlockStride);
}
