package org.resnet4j.simd.kernel.winograd;

/**
 * Winograd's minimal filtering along one axis: {@code m} outputs of a filter of three taps, {@code
 * y[i] = sum over k of g[k] d[stride * i + k]}, with fewer than {@code 3 m} multiplications.
 *
 * <pre>
 *   y = A^T [ (G g) * (B^T d) ]              d: inputs, g: the filter, *: element by element
 * </pre>
 *
 * <p>For stride 1, with interpolation points {@code p_0 ..} and infinity as the last one (Toom and
 * Cook):
 *
 * <pre>
 *   A^T[i][j] = p_j^i                        last column: 1 in the last row
 *   G[j][k]   = p_j^k / prod(p_j - p_l)      last row: 0 0 1            l over the other finite points
 *   B^T[j][.] = coefficients of prod(x - p_l), constant term first      last row: l over all points
 * </pre>
 *
 * <p>For stride 2 the inputs fall into two phases: {@code d[0], d[2], ..} meet the two outer taps,
 * which is a filter of stride 1 with {@code m + 1} products, and {@code d[1], d[3], ..} meet the
 * middle tap alone, in {@code m} products with one and the same weight.
 *
 * <p>Source: Lavin and Gray, arXiv 1509.09308; the points of {@link #F4} are oneDNN's, whose error
 * is less than half of the textbook's 0, ±1, ±2.
 */
enum WinogradAxis {
  /** Two outputs from four products. */
  F2(2, 1),
  /** Four outputs from six products. */
  F4(4, 1),
  /** Two outputs, two inputs apart, from five products. */
  F2_STRIDE_2(2, 2);

  /** Taps of the filter. */
  static final int TAPS = 3;

  private final int outputs;
  private final int stride;

  WinogradAxis(int outputs, int stride) {
    this.outputs = outputs;
    this.stride = stride;
  }

  /** The finite points. */
  private double[] points() {
    return switch (this) {
      case F2 -> new double[] {0, 1, -1};
      case F4 -> new double[] {0, 0.625, -0.625, 1.5, -1.5};
      case F2_STRIDE_2 -> new double[] {0, 1};
    };
  }

  /** m. */
  int outputs() {
    return outputs;
  }

  /** Inputs between one output and the next. */
  int stride() {
    return stride;
  }

  /** Inputs that the outputs depend on. */
  int inputs() {
    return stride * (outputs - 1) + TAPS;
  }

  /** Multiplications. */
  int products() {
    return stride == 1 ? outputs + 2 : 2 * outputs + 1;
  }

  /** Different weights, at most {@link #products}. */
  int weights() {
    return outputs + 2;
  }

  /** Which of the weights a product multiplies. */
  int weightOf(int product) {
    return Math.min(product, weights() - 1);
  }

  /** {@code G}, {@link #weights} x {@value #TAPS}. */
  double[][] weightMatrix() {
    double[] points = points();
    double[][] g = new double[weights()][TAPS];
    int last = stride == 1 ? TAPS - 1 : 1;
    for (int j = 0; j < points.length; j++) {
      double scale = 1;
      for (int l = 0; l < points.length; l++) {
        scale *= l == j ? 1 : points[j] - points[l];
      }
      for (int k = 0; k <= last; k++) {
        g[j][stride * k] = Math.pow(points[j], k) / scale;
      }
    }
    g[points.length][TAPS - 1] = 1;
    if (stride == 2) {
      g[points.length + 1][1] = 1;
    }
    return g;
  }

  /** {@code B^T}, {@link #products} x {@link #inputs}. */
  double[][] inputMatrix() {
    double[] points = points();
    double[][] b = new double[products()][inputs()];
    for (int j = 0; j <= points.length; j++) {
      double[] polynomial = polynomialWithout(j);
      for (int k = 0; k < polynomial.length; k++) {
        b[j][stride * k] = polynomial[k];
      }
    }
    for (int j = points.length + 1; j < products(); j++) {
      b[j][2 * (j - points.length - 1) + 1] = 1;
    }
    return b;
  }

  /** The coefficients of {@code prod(x - p_l)} over all finite points but the {@code j}-th. */
  private double[] polynomialWithout(int j) {
    double[] points = points();
    double[] polynomial = new double[points.length + 1];
    polynomial[0] = 1;
    int degree = 0;
    for (int l = 0; l < points.length; l++) {
      if (l != j) {
        degree++;
        for (int i = degree; i >= 0; i--) {
          polynomial[i] = (i > 0 ? polynomial[i - 1] : 0) - points[l] * polynomial[i];
        }
      }
    }
    return polynomial;
  }

  /** {@code A^T}, {@link #outputs} x {@link #products}. */
  double[][] outputMatrix() {
    double[] points = points();
    double[][] a = new double[outputs][products()];
    for (int i = 0; i < outputs; i++) {
      for (int j = 0; j < points.length; j++) {
        a[i][j] = Math.pow(points[j], i);
      }
      if (stride == 2) {
        a[i][points.length + 1 + i] = 1;
      }
    }
    a[outputs - 1][points.length] = 1;
    return a;
  }
}
