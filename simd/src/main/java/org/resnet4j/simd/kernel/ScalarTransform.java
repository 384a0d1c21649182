package org.resnet4j.simd.kernel;

/**
 * {@link WinogradTransform} in plain loops, term by term the same: what runs where the JVM does not
 * compile vector code.
 */
final class ScalarTransform {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final boolean FUSED = CpuFeatures.current().fma();
  private static final float A = WinogradTransform.A;
  private static final float B = WinogradTransform.B;
  private static final float A2 = A * A;
  private static final float A3 = A2 * A;
  private static final float B2 = B * B;
  private static final float B3 = B2 * B;

  private ScalarTransform() {}

  /** See {@link WinogradTransform#input}. */
  static void input(
      WinogradTile tile,
      float[] x,
      int xAt,
      int xRowStride,
      float[] scratch,
      int scratchAt,
      float[] v,
      int vAt,
      int vStride) {
    int extent = tile.extent();
    for (int lane = 0; lane < PIXEL; lane++) {
      for (int j = 0; j < extent; j++) {
        int pixel = j * PIXEL + lane;
        inputs(tile, x, xAt + pixel, xRowStride, scratch, scratchAt + pixel, extent * PIXEL);
      }
      for (int i = 0; i < extent; i++) {
        int from = scratchAt + i * extent * PIXEL + lane;
        inputs(tile, scratch, from, PIXEL, v, vAt + i * extent * vStride + lane, vStride);
      }
    }
  }

  /** See {@link WinogradTransform#output}. */
  static void output(
      WinogradTile tile,
      float[] products,
      int at,
      int stride,
      float[] scratch,
      int scratchAt,
      float[] bias,
      int biasAt,
      float[] floor,
      boolean add,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    int extent = tile.extent();
    int row = extent * PIXEL;
    for (int lane = 0; lane < PIXEL; lane++) {
      for (int j = 0; j < extent; j++) {
        int from = at + j * stride + lane;
        outputs(tile, products, from, extent * stride, scratch, scratchAt + j * PIXEL + lane, row);
      }
      for (int i = 0; i < tile.outputs(); i++) {
        int to = yAt + i * yRowStride + lane;
        outputs(tile, scratch, scratchAt + i * row + lane, PIXEL, y, to, PIXEL);
        for (int k = 0; k < tile.outputs(); k++) {
          float sum = y[to + k * PIXEL] + bias[biasAt + lane];
          if (add) {
            sum += residual[residualAt + i * residualRowStride + k * PIXEL + lane];
          }
          y[to + k * PIXEL] = sum < floor[lane] ? floor[lane] : sum;
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
