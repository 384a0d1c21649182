package org.resnet4j.simd.kernel.strassen;

import org.resnet4j.simd.kernel.layout.Floor;

/**
 * The sums of {@link Strassen}: of inputs before its products and of products after them.
 *
 * <p>A pixel is 16 floats; offsets and strides count floats. Thread-safe; indices are checked by
 * the JVM only. Rounding: each addition once, from left to right. Lanes are channels and do not
 * mix, so the vector width changes nothing.
 */
interface StrassenSums {
  /**
   * The left operands of the seven products for one block of the lower half of the input channels
   * and its counterpart.
   *
   * @param x11 index of the first pixel of the upper row, lower channels
   * @param x12 upper row, upper channels
   * @param x21 lower row, lower channels
   * @param x22 lower row, upper channels
   * @param step floats between pixels of a row
   * @param s receives operand {@code i} at {@code at + i * stride}, pixels 16 floats apart
   */
  void operands(
      float[] x,
      int x11,
      int x12,
      int x21,
      int x22,
      int step,
      int pixels,
      float[] s,
      int at,
      int stride);

  /**
   * {@code y = relu(m[a] + m[b] - m[c] + m[d] + bias + residual)} for a line of pixels of one
   * channel block, 16 floats apart in all operands but the residual.
   *
   * @param a index of the first pixel of a product, like {@code b}, {@code c} and {@code d}
   * @param floor see {@link Floor}
   * @param residual pixels {@code residualStep} apart, 0 for one that is added to all
   * @param y may be where the residual lies
   */
  void four(
      float[] m,
      int a,
      int b,
      int c,
      int d,
      int pixels,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt);

  /** {@code y = relu(m[a] + m[b] + bias + residual)}; parameters as in {@link #four}. */
  void two(
      float[] m,
      int a,
      int b,
      int pixels,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt);
}
