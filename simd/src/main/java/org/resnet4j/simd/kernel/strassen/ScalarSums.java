package org.resnet4j.simd.kernel.strassen;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;

/** {@link StrassenSums} in plain loops, where the JVM does not compile the Vector API. */
final class ScalarSums implements StrassenSums {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final int LIMIT_AT = Floor.LIMIT_AT;

  @Override
  public void operands(
      float[] x,
      int x11,
      int x12,
      int x21,
      int x22,
      int step,
      int pixels,
      float[] s,
      int at,
      int stride) {
    for (int i = 0; i < pixels * PIXEL; i++) {
      int from = i / PIXEL * step + i % PIXEL;
      float a11 = x[x11 + from];
      float a12 = x[x12 + from];
      float a21 = x[x21 + from];
      float a22 = x[x22 + from];
      s[at + i] = a11 + a22;
      s[at + i + stride] = a21 + a22;
      s[at + i + 2 * stride] = a11;
      s[at + i + 3 * stride] = a22;
      s[at + i + 4 * stride] = a11 + a12;
      s[at + i + 5 * stride] = a21 - a11;
      s[at + i + 6 * stride] = a12 - a22;
    }
  }

  @Override
  public void four(
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
      int yAt) {
    for (int i = 0; i < pixels * PIXEL; i++) {
      int lane = i % PIXEL;
      float sum = m[a + i] + m[b + i] - m[c + i] + m[d + i] + bias[biasAt + lane];
      sum += residual[residualAt + i / PIXEL * residualStep + lane];
      y[yAt + i] = sum < floor[LIMIT_AT + lane] ? floor[lane] : sum;
    }
  }

  @Override
  public void two(
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
      int yAt) {
    for (int i = 0; i < pixels * PIXEL; i++) {
      int lane = i % PIXEL;
      float sum = m[a + i] + m[b + i] + bias[biasAt + lane];
      sum += residual[residualAt + i / PIXEL * residualStep + lane];
      y[yAt + i] = sum < floor[LIMIT_AT + lane] ? floor[lane] : sum;
    }
  }
}
