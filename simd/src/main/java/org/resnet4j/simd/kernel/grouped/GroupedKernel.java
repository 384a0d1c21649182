package org.resnet4j.simd.kernel.grouped;

import org.resnet4j.simd.kernel.layout.Floor;

/**
 * The micro-kernel of grouped convolution with {@code g} = 1, 2, 4 or 8 channels per group: {@code
 * rows} neighbouring output pixels of one vector of channels, with an epilogue before their only
 * store.
 *
 * <pre>
 *   for output pixel i in 0..rows, lane o:
 *     s = 0
 *     for r in 0..taps, j in 0..g, t in 0..taps:
 *       s = fma(x[xAt + r*xRowStride + (i*stride + t)*16 + channel(o, j)],
 *               w[wAt + ((r*g + j)*taps + t)*lanes + o], s)
 *     y[yAt + i*16 + o] = epilogue(s)
 *
 *   channel(o, j) = o - o % g + j             input channel j of the group of output channel o
 *   epilogue:  s + bias[biasAt + o]  [+ residual[residualAt + i*16 + o]]  [if below floor[16 + o], floor[o]]
 * </pre>
 *
 * <p>A vector times a vector, where a dense convolution has a vector times a number: lane {@code o}
 * needs only the channels of its own group, which a permutation of the pixel brings to it. No
 * weight between two groups exists, so a NaN stays in its group.
 *
 * <p>Each pixel is loaded once per row of the window, permuted once per {@code j}, and multiplied
 * with all {@code taps} weights that meet it. {@code rows}, {@code g}, {@code taps}, {@code stride}
 * and the epilogue are constants of the kernel: see {@link GroupedSpec}. Where a vector has fewer
 * lanes than a group, {@code xAt} is the group's first channel.
 *
 * <p>{@code y} must not overlap the other operands. Stateless and thread-safe. Indices are checked
 * by the JVM only.
 *
 * <p>Rounding: one fused multiply-add per term in the order above, then each bracket of the
 * epilogue once. The order does not depend on rows or vector width.
 */
interface GroupedKernel {
  /**
   * Computes the pixels.
   *
   * @param from {@code from[j*lanes + o]} is the lane that holds {@code channel(o, j)}, of the
   *     vector that holds it, and its length {@code g*lanes}; ignored for one channel per group
   * @param floor see {@link Floor}
   * @param residual ignored unless the spec has a residual
   */
  void run(
      float[] x,
      int xAt,
      int xRowStride,
      float[] from,
      float[] w,
      int wAt,
      float[] y,
      int yAt,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt);

  /**
   * Computes pieces of a row that follow each other, as {@link #run} for each.
   *
   * @param pieces how many, at least one
   * @param xNext floats from a piece's input to that of the next
   * @param yNext floats from a piece's output to that of the next, and in the residual
   */
  default void runAll(
      int pieces,
      int xNext,
      int yNext,
      float[] x,
      int xAt,
      int xRowStride,
      float[] from,
      float[] w,
      int wAt,
      float[] y,
      int yAt,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt) {
    for (int piece = 0; piece < pieces; piece++) {
      run(
          x,
          xAt + piece * xNext,
          xRowStride,
          from,
          w,
          wAt,
          y,
          yAt + piece * yNext,
          bias,
          biasAt,
          floor,
          residual,
          residualAt + piece * yNext);
    }
  }
}
