package org.resnet4j.simd.kernel;

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
enum WinogradTile {
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
  ConvAlgorithm algorithm() {
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
  int stride() {
    return vertical.stride();
  }

  /** Elements of a transformed tile, and the number of matrix products. */
  int elements() {
    return vertical.products() * horizontal.products();
  }

  /** Different transformed weights, at most {@link #elements}. */
  int weights() {
    return vertical.weights() * horizontal.weights();
  }

  /** Which of the transformed weights an element is multiplied with. */
  int weightOf(int element) {
    int row = vertical.weightOf(element / horizontal.products());
    return row * horizontal.weights() + horizontal.weightOf(element % horizontal.products());
  }

  /** Tiles that cover a map. */
  int tilesFor(int height, int width) {
    return Math.ceilDiv(height, vertical.outputs()) * Math.ceilDiv(width, horizontal.outputs());
  }

  /**
   * {@code G g G^T} in double.
   *
   * @param left {@code G} of the vertical axis
   * @param right {@code G} of the horizontal axis
   * @param weight 3x3 weights in row-major order from {@code at}
   * @param u receives {@link #weights} values in row-major order
   */
  static void transformWeights(
      double[][] left, double[][] right, float[] weight, int at, double[] u) {
    for (int i = 0; i < left.length; i++) {
      double[] gi = left[i];
      double c0 = gi[0] * weight[at] + gi[1] * weight[at + 3] + gi[2] * weight[at + 6];
      double c1 = gi[0] * weight[at + 1] + gi[1] * weight[at + 4] + gi[2] * weight[at + 7];
      double c2 = gi[0] * weight[at + 2] + gi[1] * weight[at + 5] + gi[2] * weight[at + 8];
      for (int j = 0; j < right.length; j++) {
        double[] gj = right[j];
        u[i * right.length + j] = c0 * gj[0] + c1 * gj[1] + c2 * gj[2];
      }
    }
  }
}
