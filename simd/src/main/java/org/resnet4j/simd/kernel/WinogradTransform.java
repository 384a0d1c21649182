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
 *
 * <p>The code calls the Vector API and nothing else: beyond a number of nodes C2 inlines only what
 * the JDK forces it to, and a vector passed to a method of ours would be allocated.
 */
final class WinogradTransform {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final int LANES = SPECIES.length();
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;
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
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + lane + step);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * step);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * step);
      d2.sub(d0).intoArray(y, to + lane);
      d2.add(d1).intoArray(y, to + lane + stepTo);
      d2.sub(d1).intoArray(y, to + lane + 2 * stepTo);
      d3.sub(d1).intoArray(y, to + lane + 3 * stepTo);
    }
  }

  /** {@code B^T} of F4 on six pixels {@code step} apart. */
  private static void input4(float[] x, int at, int step, float[] y, int to, int stepTo) {
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector minusA = FloatVector.broadcast(SPECIES, -A);
    FloatVector minusA2 = FloatVector.broadcast(SPECIES, -A2);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector minusB = FloatVector.broadcast(SPECIES, -B);
    FloatVector minusB2 = FloatVector.broadcast(SPECIES, -B2);
    FloatVector product = FloatVector.broadcast(SPECIES, A2 * B2);
    FloatVector minusSum = FloatVector.broadcast(SPECIES, -(A2 + B2));
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + lane + step);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * step);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * step);
      FloatVector d4 = FloatVector.fromArray(SPECIES, x, at + lane + 4 * step);
      FloatVector d5 = FloatVector.fromArray(SPECIES, x, at + lane + 5 * step);
      FloatVector evenA = d2.fma(minusB2, d4);
      FloatVector oddA = d1.fma(minusB2, d3);
      FloatVector evenB = d2.fma(minusA2, d4);
      FloatVector oddB = d1.fma(minusA2, d3);
      d0.fma(product, d2.fma(minusSum, d4)).intoArray(y, to + lane);
      oddA.fma(a, evenA).intoArray(y, to + lane + stepTo);
      oddA.fma(minusA, evenA).intoArray(y, to + lane + 2 * stepTo);
      oddB.fma(b, evenB).intoArray(y, to + lane + 3 * stepTo);
      oddB.fma(minusB, evenB).intoArray(y, to + lane + 4 * stepTo);
      d1.fma(product, d3.fma(minusSum, d5)).intoArray(y, to + lane + 5 * stepTo);
    }
  }

  /** {@code A^T} of F2 on a column; results are four pixels apart. */
  private static void columns2(float[] x, int at, int step, float[] y, int to) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + lane + step);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * step);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * step);
      m0.add(m1.add(m2)).intoArray(y, to + lane);
      m1.sub(m2).add(m3).intoArray(y, to + lane + 4 * PIXEL);
    }
  }

  /** {@code A^T} of F4 on a column; results are six pixels apart. */
  private static void columns4(float[] x, int at, int step, float[] y, int to) {
    FloatVector a3 = FloatVector.broadcast(SPECIES, A3);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
    FloatVector b3 = FloatVector.broadcast(SPECIES, B3);
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + lane + step);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * step);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * step);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, at + lane + 4 * step);
      FloatVector m5 = FloatVector.fromArray(SPECIES, x, at + lane + 5 * step);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      m0.add(evenA).add(evenB).intoArray(y, to + lane);
      oddB.fma(b, oddA.mul(A)).intoArray(y, to + lane + 6 * PIXEL);
      evenB.fma(b2, evenA.mul(A2)).intoArray(y, to + lane + 12 * PIXEL);
      oddA.fma(a3, oddB.fma(b3, m5)).intoArray(y, to + lane + 18 * PIXEL);
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
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + lane + PIXEL);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * PIXEL);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * PIXEL);
      FloatVector c = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector y0 = m0.add(m1.add(m2)).add(c);
      FloatVector y1 = m1.sub(m2).add(m3).add(c);
      int from = residualAt + lane;
      if (add) {
        y0 = y0.add(FloatVector.fromArray(SPECIES, residual, from));
        y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, to + lane);
        y1 = y1.add(FloatVector.fromArray(SPECIES, residual, from + PIXEL));
        y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, to + lane + PIXEL);
      } else {
        y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, to + lane);
        y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, to + lane + PIXEL);
      }
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
    FloatVector a3 = FloatVector.broadcast(SPECIES, A3);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
    FloatVector b3 = FloatVector.broadcast(SPECIES, B3);
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, at + lane);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + lane + PIXEL);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + lane + 2 * PIXEL);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + lane + 3 * PIXEL);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, at + lane + 4 * PIXEL);
      FloatVector m5 = FloatVector.fromArray(SPECIES, x, at + lane + 5 * PIXEL);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      FloatVector c = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector y0 = m0.add(evenA).add(evenB).add(c);
      FloatVector y1 = oddB.fma(b, oddA.mul(A)).add(c);
      FloatVector y2 = evenB.fma(b2, evenA.mul(A2)).add(c);
      FloatVector y3 = oddA.fma(a3, oddB.fma(b3, m5)).add(c);
      int from = residualAt + lane;
      if (add) {
        y0 = y0.add(FloatVector.fromArray(SPECIES, residual, from));
        y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, to + lane);
        y1 = y1.add(FloatVector.fromArray(SPECIES, residual, from + PIXEL));
        y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, to + lane + PIXEL);
        y2 = y2.add(FloatVector.fromArray(SPECIES, residual, from + 2 * PIXEL));
        y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, to + lane + 2 * PIXEL);
        y3 = y3.add(FloatVector.fromArray(SPECIES, residual, from + 3 * PIXEL));
        y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, to + lane + 3 * PIXEL);
      } else {
        y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, to + lane);
        y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, to + lane + PIXEL);
        y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, to + lane + 2 * PIXEL);
        y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, to + lane + 3 * PIXEL);
      }
    }
  }
}
