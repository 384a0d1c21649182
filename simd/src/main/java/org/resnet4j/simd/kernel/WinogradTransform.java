package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of {@link WinogradTile} on one channel block of one tile, {@code B^T d B} and
 * {@code A^T M A}: the one-dimensional transform down the columns into a scratch array, then along
 * the rows.
 *
 * <p>A pixel is 16 floats; offsets and strides count floats. Scratch arrays hold {@link
 * WinogradTile#elements} pixels. Results must not overlap anything else. Stateless and thread-safe;
 * indices are checked by the JVM only.
 *
 * <p>Rounding: each multiply-add once where the processor has FMA, else twice; sums in the order of
 * the expressions below. Lanes are channels and do not mix, so the vector width changes nothing.
 */
final class WinogradTransform {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final int LANES = SPECIES.length();
  private static final boolean FUSED = KernelPath.current() == KernelPath.FMA;
  private static final boolean VECTORS = KernelPath.current() != KernelPath.SCALAR;
  private static final int PIXEL = BlockedLayout.BLOCK;

  // Powers of the points 5/8 and 3/2 of F4; exact in float.
  static final float A = 0.625f;
  private static final float A2 = A * A;
  private static final float A3 = A2 * A;
  static final float B = 1.5f;
  private static final float B2 = B * B;
  private static final float B3 = B2 * B;

  private WinogradTransform() {}

  /**
   * {@code V = B^T d B}.
   *
   * @param x pixels of the tile, {@code xRowStride} from row to row
   * @param v receives element {@code (i, j)} at {@code vAt + (i * extent + j) * vStride}
   */
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
    if (!VECTORS) {
      ScalarTransform.input(tile, x, xAt, xRowStride, scratch, scratchAt, v, vAt, vStride);
      return;
    }
    switch (tile) {
      case F2 -> {
        for (int j = 0; j < 4; j++) {
          input2(x, xAt + j * PIXEL, xRowStride, scratch, scratchAt + j * PIXEL, 4 * PIXEL);
        }
        for (int i = 0; i < 4; i++) {
          input2(scratch, scratchAt + i * 4 * PIXEL, PIXEL, v, vAt + i * 4 * vStride, vStride);
        }
      }
      case F4 -> {
        for (int j = 0; j < 6; j++) {
          input4(x, xAt + j * PIXEL, xRowStride, scratch, scratchAt + j * PIXEL, 6 * PIXEL);
        }
        for (int i = 0; i < 6; i++) {
          input4(scratch, scratchAt + i * 6 * PIXEL, PIXEL, v, vAt + i * 6 * vStride, vStride);
        }
      }
    }
  }

  /**
   * {@code y = max(A^T M A + bias [+ residual], floor)}.
   *
   * @param products element {@code (i, j)} of M at {@code at + (i * extent + j) * stride}
   * @param bias one pixel from {@code biasAt}
   * @param floor one pixel of equal lower bounds: 0 for a ReLU, negative infinity for none
   * @param add whether a residual is added
   * @param residual pixels like {@code y}'s; ignored without {@code add}
   * @param y receives {@code m} rows of {@code m} pixels, {@code yRowStride} from row to row
   */
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
    if (!VECTORS) {
      ScalarTransform.output(
          tile,
          products,
          at,
          stride,
          scratch,
          scratchAt,
          bias,
          biasAt,
          floor,
          add,
          residual,
          residualAt,
          residualRowStride,
          y,
          yAt,
          yRowStride);
      return;
    }
    switch (tile) {
      case F2 -> {
        for (int j = 0; j < 4; j++) {
          columns2(products, at + j * stride, 4 * stride, scratch, scratchAt + j * PIXEL);
        }
        for (int i = 0; i < 2; i++) {
          rows2(
              scratch,
              scratchAt + i * 4 * PIXEL,
              bias,
              biasAt,
              floor,
              add,
              residual,
              residualAt + i * residualRowStride,
              y,
              yAt + i * yRowStride);
        }
      }
      case F4 -> {
        for (int j = 0; j < 6; j++) {
          columns4(products, at + j * stride, 6 * stride, scratch, scratchAt + j * PIXEL);
        }
        for (int i = 0; i < 4; i++) {
          rows4(
              scratch,
              scratchAt + i * 6 * PIXEL,
              bias,
              biasAt,
              floor,
              add,
              residual,
              residualAt + i * residualRowStride,
              y,
              yAt + i * yRowStride);
        }
      }
    }
  }

  /** {@code B^T} of F2 on four pixels {@code step} apart. */
  private static void input2(float[] x, int at, int step, float[] y, int to, int stepTo) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector d0 = load(x, at + lane);
      FloatVector d1 = load(x, at + lane + step);
      FloatVector d2 = load(x, at + lane + 2 * step);
      FloatVector d3 = load(x, at + lane + 3 * step);
      d2.sub(d0).intoArray(y, to + lane);
      d2.add(d1).intoArray(y, to + lane + stepTo);
      d2.sub(d1).intoArray(y, to + lane + 2 * stepTo);
      d3.sub(d1).intoArray(y, to + lane + 3 * stepTo);
    }
  }

  /** {@code B^T} of F4 on six pixels {@code step} apart. */
  private static void input4(float[] x, int at, int step, float[] y, int to, int stepTo) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector d0 = load(x, at + lane);
      FloatVector d1 = load(x, at + lane + step);
      FloatVector d2 = load(x, at + lane + 2 * step);
      FloatVector d3 = load(x, at + lane + 3 * step);
      FloatVector d4 = load(x, at + lane + 4 * step);
      FloatVector d5 = load(x, at + lane + 5 * step);
      FloatVector evenA = plus(d2, -B2, d4);
      FloatVector oddA = plus(d1, -B2, d3);
      FloatVector evenB = plus(d2, -A2, d4);
      FloatVector oddB = plus(d1, -A2, d3);
      plus(d0, A2 * B2, plus(d2, -(A2 + B2), d4)).intoArray(y, to + lane);
      plus(oddA, A, evenA).intoArray(y, to + lane + stepTo);
      plus(oddA, -A, evenA).intoArray(y, to + lane + 2 * stepTo);
      plus(oddB, B, evenB).intoArray(y, to + lane + 3 * stepTo);
      plus(oddB, -B, evenB).intoArray(y, to + lane + 4 * stepTo);
      plus(d1, A2 * B2, plus(d3, -(A2 + B2), d5)).intoArray(y, to + lane + 5 * stepTo);
    }
  }

  /** {@code A^T} of F2 on a column; results are four pixels apart. */
  private static void columns2(float[] x, int at, int step, float[] y, int to) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = load(x, at + lane);
      FloatVector m1 = load(x, at + lane + step);
      FloatVector m2 = load(x, at + lane + 2 * step);
      FloatVector m3 = load(x, at + lane + 3 * step);
      m0.add(m1.add(m2)).intoArray(y, to + lane);
      m1.sub(m2).add(m3).intoArray(y, to + lane + 4 * PIXEL);
    }
  }

  /** {@code A^T} of F4 on a column; results are six pixels apart. */
  private static void columns4(float[] x, int at, int step, float[] y, int to) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = load(x, at + lane);
      FloatVector m1 = load(x, at + lane + step);
      FloatVector m2 = load(x, at + lane + 2 * step);
      FloatVector m3 = load(x, at + lane + 3 * step);
      FloatVector m4 = load(x, at + lane + 4 * step);
      FloatVector m5 = load(x, at + lane + 5 * step);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      m0.add(evenA).add(evenB).intoArray(y, to + lane);
      plus(oddB, B, oddA.mul(A)).intoArray(y, to + lane + 6 * PIXEL);
      plus(evenB, B2, evenA.mul(A2)).intoArray(y, to + lane + 12 * PIXEL);
      plus(oddA, A3, plus(oddB, B3, m5)).intoArray(y, to + lane + 18 * PIXEL);
    }
  }

  /** {@code A^T} of F2 on a row of four pixels, and the epilogue. */
  private static void rows2(
      float[] x,
      int at,
      float[] bias,
      int biasAt,
      float[] floor,
      boolean add,
      float[] residual,
      int residualAt,
      float[] y,
      int to) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = load(x, at + lane);
      FloatVector m1 = load(x, at + lane + PIXEL);
      FloatVector m2 = load(x, at + lane + 2 * PIXEL);
      FloatVector m3 = load(x, at + lane + 3 * PIXEL);
      FloatVector b = load(bias, biasAt + lane);
      FloatVector y0 = m0.add(m1.add(m2)).add(b);
      FloatVector y1 = m1.sub(m2).add(m3).add(b);
      if (add) {
        y0 = y0.add(load(residual, residualAt + lane));
        y1 = y1.add(load(residual, residualAt + lane + PIXEL));
      }
      FloatVector f = load(floor, lane);
      atLeast(y0, f).intoArray(y, to + lane);
      atLeast(y1, f).intoArray(y, to + lane + PIXEL);
    }
  }

  /** {@code A^T} of F4 on a row of six pixels, and the epilogue. */
  private static void rows4(
      float[] x,
      int at,
      float[] bias,
      int biasAt,
      float[] floor,
      boolean add,
      float[] residual,
      int residualAt,
      float[] y,
      int to) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = load(x, at + lane);
      FloatVector m1 = load(x, at + lane + PIXEL);
      FloatVector m2 = load(x, at + lane + 2 * PIXEL);
      FloatVector m3 = load(x, at + lane + 3 * PIXEL);
      FloatVector m4 = load(x, at + lane + 4 * PIXEL);
      FloatVector m5 = load(x, at + lane + 5 * PIXEL);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      FloatVector b = load(bias, biasAt + lane);
      FloatVector y0 = m0.add(evenA).add(evenB).add(b);
      FloatVector y1 = plus(oddB, B, oddA.mul(A)).add(b);
      FloatVector y2 = plus(evenB, B2, evenA.mul(A2)).add(b);
      FloatVector y3 = plus(oddA, A3, plus(oddB, B3, m5)).add(b);
      if (add) {
        y0 = y0.add(load(residual, residualAt + lane));
        y1 = y1.add(load(residual, residualAt + lane + PIXEL));
        y2 = y2.add(load(residual, residualAt + lane + 2 * PIXEL));
        y3 = y3.add(load(residual, residualAt + lane + 3 * PIXEL));
      }
      FloatVector f = load(floor, lane);
      atLeast(y0, f).intoArray(y, to + lane);
      atLeast(y1, f).intoArray(y, to + lane + PIXEL);
      atLeast(y2, f).intoArray(y, to + lane + 2 * PIXEL);
      atLeast(y3, f).intoArray(y, to + lane + 3 * PIXEL);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  /** {@code a * s + c}. */
  private static FloatVector plus(FloatVector a, float s, FloatVector c) {
    return FUSED ? a.fma(FloatVector.broadcast(SPECIES, s), c) : a.mul(s).add(c);
  }

  /** {@code max(v, floor)}; NaN stays. */
  private static FloatVector atLeast(FloatVector v, FloatVector floor) {
    return v.blend(floor, v.compare(VectorOperators.LT, floor));
  }
}
