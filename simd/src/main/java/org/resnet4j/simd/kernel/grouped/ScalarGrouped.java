package org.resnet4j.simd.kernel.grouped;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;

/**
 * {@link GroupedKernel} in plain loops, as its definition says: what runs where the JVM does not
 * compile vector code, or has no instruction that permutes.
 *
 * @param spec what the kernel computes
 * @param fused whether a term is added with one rounding, by {@link Math#fma}
 */
record ScalarGrouped(GroupedSpec spec, boolean fused) implements GroupedKernel {
  private static final int BLOCK = BlockedLayout.BLOCK;

  @Override
  public void run(
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
    int lanes = spec.width().lanes();
    for (int i = 0; i < spec.rows(); i++) {
      for (int o = 0; o < lanes; o++) {
        int first = xAt + i * spec.stride() * BLOCK + o - o % spec.group();
        float sum = sum(x, first, xRowStride, w, wAt + o, lanes) + bias[biasAt + o];
        sum = spec.residual() ? sum + residual[residualAt + i * BLOCK + o] : sum;
        y[yAt + i * BLOCK + o] = sum < floor[Floor.LIMIT_AT + o] ? floor[o] : sum;
      }
    }
  }

  private float sum(float[] x, int first, int xRowStride, float[] w, int wAt, int lanes) {
    float sum = 0f;
    int at = wAt;
    for (int r = 0; r < spec.taps(); r++) {
      for (int j = 0; j < spec.group(); j++) {
        int from = first + r * xRowStride + j;
        for (int t = 0; t < spec.taps(); t++) {
          float value = x[from + t * BLOCK];
          sum = fused ? Math.fma(value, w[at], sum) : value * w[at] + sum;
          at += lanes;
        }
      }
    }
    return sum;
  }
}
