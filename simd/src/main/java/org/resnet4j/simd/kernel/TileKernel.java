package org.resnet4j.simd.kernel;

/**
 * The micro-kernel: one register tile of the product {@code C = A * B}, with an epilogue before its
 * only store.
 *
 * <pre>
 *   for row i in 0..rows, lane j in 0..16*blocks:
 *     s = 0
 *     k = 0
 *     for q in from..to:                          one entry of the offset table: a run of A
 *       for u in 0..inner:
 *         s = fma(a[aBase + offsets[q] + i*aRowStride + u*aStep], b[bBase + k*16*blocks + j], s)
 *         k = k + 1
 *     c[cBase + (j/16)*cBlockStride + i*16 + j%16] = epilogue(s)
 *
 *   epilogue:  s  [+ c, the sum so far]  [+ bias[biasBase + j]]  [+ residual]  [if below floor[j % 16], that]
 * </pre>
 *
 * <p>The table makes one kernel serve every dense operation: a 1x1 convolution has an entry per
 * channel block, a 3x3 one per (channel block, tap), and packed GEMM one per 16 values of k. {@code
 * rows}, {@code blocks}, {@code inner}, both strides of A and the epilogue are constants of the
 * kernel: see {@link TileSpec}.
 *
 * <p>C has rows 16 floats apart, {@code cBlockStride} floats between blocks of 16 columns; the
 * residual likewise. C must not overlap the other operands. Stateless and thread-safe. Indices are
 * checked by the JVM only.
 *
 * <p>Rounding: one fused multiply-add per term, {@code k} ascending, then each bracket of the
 * epilogue once, in the order above. The order does not depend on rows, blocks or vector width. NaN
 * is not below the floor and stays NaN. Nor is -0 below 0, but a sum that starts at +0 becomes -0
 * only by underflow.
 *
 * <p>Source: the micro-kernel of Van Zee and van de Geijn, BLIS (ACM TOMS 2015), with the
 * indirection of Dukhan, arXiv 1907.02129.
 */
interface TileKernel {
  /**
   * Computes one tile.
   *
   * @param offsets the table; entries {@code from} to {@code to - 1} are used
   * @param bias ignored unless the spec has a bias
   * @param floor 16 equal lower bounds, ignored without a bias: 0 for a ReLU, negative infinity for
   *     none. A value instead of a constant of the kernel, since each kernel costs the JIT compiler
   *     time
   * @param residual ignored unless the spec has a residual
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
      float[] bias,
      int biasBase,
      float[] floor,
      float[] residual,
      int residualBase,
      int residualBlockStride);
}
