package org.resnet4j.simd.kernel;

/**
 * The algebra of {@code F(m x m, 3x3)}: {@code m x m} outputs of a 3x3 convolution from {@code (m +
 * 2) x (m + 2)} inputs with {@code (m + 2)^2} multiplications instead of {@code 9 m^2}.
 *
 * <pre>
 *   Y = A^T [ (G g G^T) * (B^T d B) ] A      d: inputs, g: 3x3 weights, *: element by element
 * </pre>
 *
 * <p>With interpolation points {@code p_0 .. p_m} and infinity as the last one (Toom and Cook):
 *
 * <pre>
 *   A^T[i][j] = p_j^i                        last column: 1 in the last row
 *   G[j][k]   = p_j^k / prod(p_j - p_l)      last row: 0 0 1            l over the other finite points
 *   B^T[j][.] = coefficients of prod(x - p_l), constant term first      last row: l over all points
 * </pre>
 *
 * <p>Source: Lavin and Gray, arXiv 1509.09308; the points of {@link #F4} are oneDNN's, whose error
 * is less than half of the textbook's 0, ±1, ±2.
 */
enum WinogradTile {
  /** 2x2 outputs: 2.25 times fewer multiplications, 16/9 times the weights. */
  F2(ConvAlgorithm.WINOGRAD_2X2, 2),
  /** 4x4 outputs: 4 times fewer multiplications, 4 times the weights. */
  F4(ConvAlgorithm.WINOGRAD_4X4, 4);

  /** Extent of the convolution's window. */
  static final int KERNEL = 3;

  private final ConvAlgorithm algorithm;
  private final int outputs;

  WinogradTile(ConvAlgorithm algorithm, int outputs) {
    this.algorithm = algorithm;
    this.outputs = outputs;
  }

  /** The finite points. */
  double[] points() {
    return switch (this) {
      case F2 -> new double[] {0, 1, -1};
      case F4 -> new double[] {0, 0.625, -0.625, 1.5, -1.5};
    };
  }

  /** The algorithm that uses it. */
  ConvAlgorithm algorithm() {
    return algorithm;
  }

  /** m: outputs per axis. */
  int outputs() {
    return outputs;
  }

  /** m + 2: inputs per axis. */
  int extent() {
    return outputs + KERNEL - 1;
  }

  /** (m + 2)^2: elements of a transformed tile, and the number of matrix products. */
  int elements() {
    return extent() * extent();
  }

  /**
   * {@code G g G^T} in double.
   *
   * @param g {@link #weightMatrix}
   * @param weight 3x3 weights in row-major order from {@code at}
   * @param u receives {@link #elements} values in row-major order
   */
  static void transformWeights(double[][] g, float[] weight, int at, double[] u) {
    for (int i = 0; i < g.length; i++) {
      double[] gi = g[i];
      double c0 = gi[0] * weight[at] + gi[1] * weight[at + 3] + gi[2] * weight[at + 6];
      double c1 = gi[0] * weight[at + 1] + gi[1] * weight[at + 4] + gi[2] * weight[at + 7];
      double c2 = gi[0] * weight[at + 2] + gi[1] * weight[at + 5] + gi[2] * weight[at + 8];
      for (int j = 0; j < g.length; j++) {
        double[] gj = g[j];
        u[i * g.length + j] = c0 * gj[0] + c1 * gj[1] + c2 * gj[2];
      }
    }
  }

  /** {@code G}, of {@link #extent} rows and three columns. */
  double[][] weightMatrix() {
    double[] points = points();
    double[][] g = new double[extent()][KERNEL];
    for (int j = 0; j < points.length; j++) {
      double scale = 1;
      for (int l = 0; l < points.length; l++) {
        scale *= l == j ? 1 : points[j] - points[l];
      }
      for (int k = 0; k < KERNEL; k++) {
        g[j][k] = Math.pow(points[j], k) / scale;
      }
    }
    g[points.length][KERNEL - 1] = 1;
    return g;
  }
}
