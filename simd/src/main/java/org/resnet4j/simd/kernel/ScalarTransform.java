package org.resnet4j.simd.kernel;

/**
 * {@link WinogradTransform} in plain loops: what runs where the JVM does not compile vector code,
 * and the reading aid for {@link WinogradF2} and {@link WinogradF4}, which do the same term by
 * term.
 */
final class ScalarTransform {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final boolean FUSED = CpuFeatures.current().fma();
  private static final float A = WinogradF4.A;
  private static final float B = WinogradF4.B;
  private static final float A2 = WinogradF4.A2;
  private static final float A3 = WinogradF4.A3;
  private static final float B2 = WinogradF4.B2;
  private static final float B3 = WinogradF4.B3;

  private ScalarTransform() {}

  /** See {@link WinogradTransform#input}. */
  static void input(
      WinogradTile tile, float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    int extent = tile.extent();
    for (int lane = 0; lane < PIXEL; lane++) {
      int to = vAt + lane;
      for (int j = 0; j < extent; j++) {
        int from = xAt + j * PIXEL + lane;
        inputs(tile, x, from, xRowStride, v, to + j * vStride, extent * vStride);
      }
      for (int i = 0; i < extent; i++, to += extent * vStride) {
        inputs(tile, v, to, vStride, v, to, vStride);
      }
    }
  }

  /** See {@link WinogradTransform#output}; the columns' results take the place of the products. */
  static void output(
      WinogradTile tile,
      float[] products,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    int extent = tile.extent();
    int row = extent * stride;
    for (int lane = 0; lane < PIXEL; lane++) {
      int from = at + lane;
      for (int j = 0; j < extent; j++) {
        outputs(tile, products, from + j * stride, row, products, from + j * stride, row);
      }
      for (int i = 0; i < tile.outputs(); i++, from += row) {
        outputs(tile, products, from, stride, products, from, stride);
        for (int k = 0; k < tile.outputs(); k++) {
          float sum = products[from + k * stride] + bias[biasAt + lane];
          sum += residual[residualAt + i * residualRowStride + k * PIXEL + lane];
          y[yAt + i * yRowStride + k * PIXEL + lane] = sum < floor[lane] ? floor[lane] : sum;
        }
      }
    }
  }

  private static void inputs(
      WinogradTile tile, float[] x, int at, int step, float[] y, int to, int stepTo) {
    float d0 = x[at];
    float d1 = x[at + step];
    float d2 = x[at + 2 * step];
    float d3 = x[at + 3 * step];
    if (tile == WinogradTile.F2) {
      y[to] = d2 - d0;
      y[to + stepTo] = d2 + d1;
      y[to + 2 * stepTo] = d2 - d1;
      y[to + 3 * stepTo] = d3 - d1;
      return;
    }
    float d4 = x[at + 4 * step];
    float d5 = x[at + 5 * step];
    float evenA = plus(d2, -B2, d4);
    float oddA = plus(d1, -B2, d3);
    float evenB = plus(d2, -A2, d4);
    float oddB = plus(d1, -A2, d3);
    y[to] = plus(d0, A2 * B2, plus(d2, -(A2 + B2), d4));
    y[to + stepTo] = plus(oddA, A, evenA);
    y[to + 2 * stepTo] = plus(oddA, -A, evenA);
    y[to + 3 * stepTo] = plus(oddB, B, evenB);
    y[to + 4 * stepTo] = plus(oddB, -B, evenB);
    y[to + 5 * stepTo] = plus(d1, A2 * B2, plus(d3, -(A2 + B2), d5));
  }

  private static void outputs(
      WinogradTile tile, float[] x, int at, int step, float[] y, int to, int stepTo) {
    float m0 = x[at];
    float m1 = x[at + step];
    float m2 = x[at + 2 * step];
    float m3 = x[at + 3 * step];
    if (tile == WinogradTile.F2) {
      y[to] = m0 + (m1 + m2);
      y[to + stepTo] = m1 - m2 + m3;
      return;
    }
    float m4 = x[at + 4 * step];
    float m5 = x[at + 5 * step];
    float evenA = m1 + m2;
    float oddA = m1 - m2;
    float evenB = m3 + m4;
    float oddB = m3 - m4;
    y[to] = m0 + evenA + evenB;
    y[to + stepTo] = plus(oddB, B, oddA * A);
    y[to + 2 * stepTo] = plus(evenB, B2, evenA * A2);
    y[to + 3 * stepTo] = plus(oddA, A3, plus(oddB, B3, m5));
  }

  /** {@code a * s + c}. */
  private static float plus(float a, float s, float c) {
    return FUSED ? Math.fma(a, s, c) : a * s + c;
  }
}
