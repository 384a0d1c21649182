package org.resnet4j.simd.kernel.winograd;

import org.resnet4j.simd.kernel.conv.ConvAlgorithm;

/**
 * The two-dimensional form of {@link WinogradAxis}: a tile of outputs of a 3x3 convolution.
 *
 * <pre>
 *   Y = A^T [ (G g G^T) * (B^T d B) ] A      d: inputs, g: 3x3 weights, *: element by element
 * </pre>
 *
 * <p>The matrices on the left are those of the vertical axis, the ones on the right those of the
 * horizontal. Elements of {@code B^T d B} are in row-major order.
 */
public enum WinogradTile {
  /** 2x2 outputs: 2.25 times fewer multiplications, 16/9 times the weights. */
  F2(ConvAlgorithm.WINOGRAD_2X2, WinogradAxis.F2, WinogradAxis.F2),
  /** 4x2 outputs: 3 times fewer multiplications, 24/9 times the weights. */
  F4X2(ConvAlgorithm.WINOGRAD_4X2, WinogradAxis.F4, WinogradAxis.F2),
  /** 4x4 outputs: 4 times fewer multiplications, 4 times the weights. */
  F4(ConvAlgorithm.WINOGRAD_4X4, WinogradAxis.F4, WinogradAxis.F4),
  /** 2x2 outputs at stride 2: 1.44 times fewer multiplications, 16/9 times the weights. */
  F2_STRIDE_2(ConvAlgorithm.WINOGRAD_2X2, WinogradAxis.F2_STRIDE_2, WinogradAxis.F2_STRIDE_2);

  private final ConvAlgorithm algorithm;
  private final WinogradAxis vertical;
  private final WinogradAxis horizontal;

  WinogradTile(ConvAlgorithm algorithm, WinogradAxis vertical, WinogradAxis horizontal) {
    this.algorithm = algorithm;
    this.vertical = vertical;
    this.horizontal = horizontal;
  }

  /** The algorithm that uses it. */
  public ConvAlgorithm algorithm() {
    return algorithm;
  }

  /** The axis of rows. */
  WinogradAxis vertical() {
    return vertical;
  }

  /** The axis of columns. */
  WinogradAxis horizontal() {
    return horizontal;
  }

  /** Inputs between neighbouring outputs. */
  public int stride() {
    return vertical.stride();
  }

  /** Elements of a transformed tile, and the number of matrix products. */
  public int elements() {
    return vertical.products() * horizontal.products();
  }

  /** Different transformed weights, at most {@link #elements}. */
  public int weights() {
    return vertical.weights() * horizontal.weights();
  }

  /** Which of the transformed weights an element is multiplied with. */
  int weightOf(int element) {
    int row = vertical.weightOf(element / horizontal.products());
    return row * horizontal.weights() + horizontal.weightOf(element % horizontal.products());
  }

  /** Tiles that cover a map. */
  public int tilesFor(int height, int width) {
    return Math.ceilDiv(height, vertical.outputs()) * Math.ceilDiv(width, horizontal.outputs());
  }

  /**
   * {@code G g G^T} of neighbouring filters, in double.
   *
   * @param left {@code G} of the vertical axis
   * @param right {@code G} of the horizontal axis
   * @param g 3x3 filters, {@code [tap][filters]} with the taps in row-major order
   * @param filters how many
   * @param columns scratch for {@code 3 * filters} values: one row of {@code G g}
   * @param u receives {@code [weight][filters]}, the {@link #weights} in row-major order
   */
  static void transformWeights(
      double[][] left, double[][] right, double[] g, int filters, double[] columns, double[] u) {
    int line = WinogradAxis.TAPS * filters;
    for (int i = 0; i < left.length; i++) {
      combine(left[i], g, line, columns, 0);
      for (int j = 0; j < right.length; j++) {
        combine(right[j], columns, filters, u, (i * right.length + j) * filters);
      }
    }
  }

  /** The sum of three lines of {@code x}, one behind the other, with three factors. */
  private static void combine(double[] factors, double[] x, int length, double[] sum, int at) {
    double f0 = factors[0];
    double f1 = factors[1];
    double f2 = factors[2];
    for (int i = 0; i < length; i++) {
      sum[at + i] = f0 * x[i] + f1 * x[length + i] + f2 * x[2 * length + i];
    }
  }
}
