package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector code of {@link WinogradTile#F4}'s transforms: see {@link WinogradTransform}.
 *
 * <p>Two rows of a result at a time: down the columns into twelve vectors, which stay in registers,
 * then along the rows. So nothing is stored but results, where a scratch array between the passes
 * doubles the stores. The price is that rows of the input are loaded twice, and that the code along
 * the rows is written down for both: a method of its own would have its vectors allocated.
 */
final class WinogradF4 {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final int LANES = SPECIES.length();
  private static final int PIXEL = BlockedLayout.BLOCK;

  // Powers of the points 5/8 and 3/2; exact in float.
  static final float A = 0.625f;
  static final float A2 = A * A;
  static final float A3 = A2 * A;
  static final float B = 1.5f;
  static final float B2 = B * B;
  static final float B3 = B2 * B;

  private WinogradF4() {}

  /** {@code V = B^T d B}; parameters as in {@link WinogradTransform#input}. */
  static void input(float[] x, int at, int rowStride, float[] v, int to, int stride) {
    outerRows(x, at, rowStride, v, to, stride);
    innerRows(x, at + rowStride, rowStride, -B2, A, v, to + 6 * stride, stride);
    innerRows(x, at + rowStride, rowStride, -A2, B, v, to + 18 * stride, stride);
  }

  /** Rows 0 and 5 of V. */
  private static void outerRows(float[] x, int at, int step, float[] v, int to, int stride) {
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector minusA = FloatVector.broadcast(SPECIES, -A);
    FloatVector minusA2 = FloatVector.broadcast(SPECIES, -A2);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector minusB = FloatVector.broadcast(SPECIES, -B);
    FloatVector minusB2 = FloatVector.broadcast(SPECIES, -B2);
    FloatVector product = FloatVector.broadcast(SPECIES, A2 * B2);
    FloatVector minusSum = FloatVector.broadcast(SPECIES, -(A2 + B2));
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, from + step);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      FloatVector d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      FloatVector d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p0 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q0 = d1.fma(product, d3.fma(minusSum, d5));
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + step);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p1 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q1 = d1.fma(product, d3.fma(minusSum, d5));
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + step);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p2 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q2 = d1.fma(product, d3.fma(minusSum, d5));
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + step);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p3 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q3 = d1.fma(product, d3.fma(minusSum, d5));
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + step);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p4 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q4 = d1.fma(product, d3.fma(minusSum, d5));
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + step);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 4 * step);
      d5 = FloatVector.fromArray(SPECIES, x, from + 5 * step);
      FloatVector p5 = d0.fma(product, d2.fma(minusSum, d4));
      FloatVector q5 = d1.fma(product, d3.fma(minusSum, d5));
      FloatVector evenA;
      FloatVector oddA;
      FloatVector evenB;
      FloatVector oddB;
      int low = to + lane;
      evenA = p2.fma(minusB2, p4);
      oddA = p1.fma(minusB2, p3);
      evenB = p2.fma(minusA2, p4);
      oddB = p1.fma(minusA2, p3);
      p0.fma(product, p2.fma(minusSum, p4)).intoArray(v, low);
      oddA.fma(a, evenA).intoArray(v, low + stride);
      oddA.fma(minusA, evenA).intoArray(v, low + 2 * stride);
      oddB.fma(b, evenB).intoArray(v, low + 3 * stride);
      oddB.fma(minusB, evenB).intoArray(v, low + 4 * stride);
      p1.fma(product, p3.fma(minusSum, p5)).intoArray(v, low + 5 * stride);
      int high = low + 30 * stride;
      evenA = q2.fma(minusB2, q4);
      oddA = q1.fma(minusB2, q3);
      evenB = q2.fma(minusA2, q4);
      oddB = q1.fma(minusA2, q3);
      q0.fma(product, q2.fma(minusSum, q4)).intoArray(v, high);
      oddA.fma(a, evenA).intoArray(v, high + stride);
      oddA.fma(minusA, evenA).intoArray(v, high + 2 * stride);
      oddB.fma(b, evenB).intoArray(v, high + 3 * stride);
      oddB.fma(minusB, evenB).intoArray(v, high + 4 * stride);
      q1.fma(product, q3.fma(minusSum, q5)).intoArray(v, high + 5 * stride);
    }
  }

  /**
   * The rows of V that belong to a point and its negative.
   *
   * @param at row 1 of the tile
   * @param square minus the square of the other point
   * @param point the point
   * @param to the first of the two rows
   */
  private static void innerRows(
      float[] x, int at, int step, float square, float point, float[] v, int to, int stride) {
    FloatVector s = FloatVector.broadcast(SPECIES, square);
    FloatVector plus = FloatVector.broadcast(SPECIES, point);
    FloatVector minus = FloatVector.broadcast(SPECIES, -point);
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector minusA = FloatVector.broadcast(SPECIES, -A);
    FloatVector minusA2 = FloatVector.broadcast(SPECIES, -A2);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector minusB = FloatVector.broadcast(SPECIES, -B);
    FloatVector minusB2 = FloatVector.broadcast(SPECIES, -B2);
    FloatVector product = FloatVector.broadcast(SPECIES, A2 * B2);
    FloatVector minusSum = FloatVector.broadcast(SPECIES, -(A2 + B2));
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, from + step);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      FloatVector d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      FloatVector even = d2.fma(s, d4);
      FloatVector odd = d1.fma(s, d3);
      FloatVector p0 = odd.fma(plus, even);
      FloatVector q0 = odd.fma(minus, even);
      from += PIXEL;
      d1 = FloatVector.fromArray(SPECIES, x, from);
      d2 = FloatVector.fromArray(SPECIES, x, from + step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      even = d2.fma(s, d4);
      odd = d1.fma(s, d3);
      FloatVector p1 = odd.fma(plus, even);
      FloatVector q1 = odd.fma(minus, even);
      from += PIXEL;
      d1 = FloatVector.fromArray(SPECIES, x, from);
      d2 = FloatVector.fromArray(SPECIES, x, from + step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      even = d2.fma(s, d4);
      odd = d1.fma(s, d3);
      FloatVector p2 = odd.fma(plus, even);
      FloatVector q2 = odd.fma(minus, even);
      from += PIXEL;
      d1 = FloatVector.fromArray(SPECIES, x, from);
      d2 = FloatVector.fromArray(SPECIES, x, from + step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      even = d2.fma(s, d4);
      odd = d1.fma(s, d3);
      FloatVector p3 = odd.fma(plus, even);
      FloatVector q3 = odd.fma(minus, even);
      from += PIXEL;
      d1 = FloatVector.fromArray(SPECIES, x, from);
      d2 = FloatVector.fromArray(SPECIES, x, from + step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      even = d2.fma(s, d4);
      odd = d1.fma(s, d3);
      FloatVector p4 = odd.fma(plus, even);
      FloatVector q4 = odd.fma(minus, even);
      from += PIXEL;
      d1 = FloatVector.fromArray(SPECIES, x, from);
      d2 = FloatVector.fromArray(SPECIES, x, from + step);
      d3 = FloatVector.fromArray(SPECIES, x, from + 2 * step);
      d4 = FloatVector.fromArray(SPECIES, x, from + 3 * step);
      even = d2.fma(s, d4);
      odd = d1.fma(s, d3);
      FloatVector p5 = odd.fma(plus, even);
      FloatVector q5 = odd.fma(minus, even);
      FloatVector evenA;
      FloatVector oddA;
      FloatVector evenB;
      FloatVector oddB;
      int low = to + lane;
      evenA = p2.fma(minusB2, p4);
      oddA = p1.fma(minusB2, p3);
      evenB = p2.fma(minusA2, p4);
      oddB = p1.fma(minusA2, p3);
      p0.fma(product, p2.fma(minusSum, p4)).intoArray(v, low);
      oddA.fma(a, evenA).intoArray(v, low + stride);
      oddA.fma(minusA, evenA).intoArray(v, low + 2 * stride);
      oddB.fma(b, evenB).intoArray(v, low + 3 * stride);
      oddB.fma(minusB, evenB).intoArray(v, low + 4 * stride);
      p1.fma(product, p3.fma(minusSum, p5)).intoArray(v, low + 5 * stride);
      int high = low + 6 * stride;
      evenA = q2.fma(minusB2, q4);
      oddA = q1.fma(minusB2, q3);
      evenB = q2.fma(minusA2, q4);
      oddB = q1.fma(minusA2, q3);
      q0.fma(product, q2.fma(minusSum, q4)).intoArray(v, high);
      oddA.fma(a, evenA).intoArray(v, high + stride);
      oddA.fma(minusA, evenA).intoArray(v, high + 2 * stride);
      oddB.fma(b, evenB).intoArray(v, high + 3 * stride);
      oddB.fma(minusB, evenB).intoArray(v, high + 4 * stride);
      q1.fma(product, q3.fma(minusSum, q5)).intoArray(v, high + 5 * stride);
    }
  }

  /** {@code A^T M A} and the epilogue; parameters as in {@link WinogradTransform#output}. */
  static void output(
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
    evenRows(
        products,
        at,
        stride,
        bias,
        biasAt,
        floor,
        residual,
        residualAt,
        2 * residualRowStride,
        y,
        yAt,
        2 * yRowStride);
    oddRows(
        products,
        at,
        stride,
        bias,
        biasAt,
        floor,
        residual,
        residualAt + residualRowStride,
        2 * residualRowStride,
        y,
        yAt + yRowStride,
        2 * yRowStride);
  }

  /** Rows 0 and 2 of the outputs. */
  private static void evenRows(
      float[] x,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt,
      int yStep) {
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, A3);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
    FloatVector b3 = FloatVector.broadcast(SPECIES, B3);
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      FloatVector evenA = m1.add(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector p0 = m0.add(evenA).add(evenB);
      FloatVector q0 = evenB.fma(b2, evenA.mul(a2));
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, x, from);
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      evenA = m1.add(m2);
      evenB = m3.add(m4);
      FloatVector p1 = m0.add(evenA).add(evenB);
      FloatVector q1 = evenB.fma(b2, evenA.mul(a2));
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, x, from);
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      evenA = m1.add(m2);
      evenB = m3.add(m4);
      FloatVector p2 = m0.add(evenA).add(evenB);
      FloatVector q2 = evenB.fma(b2, evenA.mul(a2));
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, x, from);
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      evenA = m1.add(m2);
      evenB = m3.add(m4);
      FloatVector p3 = m0.add(evenA).add(evenB);
      FloatVector q3 = evenB.fma(b2, evenA.mul(a2));
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, x, from);
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      evenA = m1.add(m2);
      evenB = m3.add(m4);
      FloatVector p4 = m0.add(evenA).add(evenB);
      FloatVector q4 = evenB.fma(b2, evenA.mul(a2));
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, x, from);
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      evenA = m1.add(m2);
      evenB = m3.add(m4);
      FloatVector p5 = m0.add(evenA).add(evenB);
      FloatVector q5 = evenB.fma(b2, evenA.mul(a2));
      FloatVector oddA;
      FloatVector oddB;
      FloatVector c = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector y0;
      FloatVector y1;
      FloatVector y2;
      FloatVector y3;
      int other = residualAt + lane;
      int into = yAt + lane;
      evenA = p1.add(p2);
      oddA = p1.sub(p2);
      evenB = p3.add(p4);
      oddB = p3.sub(p4);
      y0 = p0.add(evenA).add(evenB).add(c);
      y1 = oddB.fma(b, oddA.mul(a)).add(c);
      y2 = evenB.fma(b2, evenA.mul(a2)).add(c);
      y3 = oddA.fma(a3, oddB.fma(b3, p5)).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
      y2 = y2.add(FloatVector.fromArray(SPECIES, residual, other + 2 * PIXEL));
      y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, into + 2 * PIXEL);
      y3 = y3.add(FloatVector.fromArray(SPECIES, residual, other + 3 * PIXEL));
      y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, into + 3 * PIXEL);
      other += residualStep;
      into += yStep;
      evenA = q1.add(q2);
      oddA = q1.sub(q2);
      evenB = q3.add(q4);
      oddB = q3.sub(q4);
      y0 = q0.add(evenA).add(evenB).add(c);
      y1 = oddB.fma(b, oddA.mul(a)).add(c);
      y2 = evenB.fma(b2, evenA.mul(a2)).add(c);
      y3 = oddA.fma(a3, oddB.fma(b3, q5)).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
      y2 = y2.add(FloatVector.fromArray(SPECIES, residual, other + 2 * PIXEL));
      y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, into + 2 * PIXEL);
      y3 = y3.add(FloatVector.fromArray(SPECIES, residual, other + 3 * PIXEL));
      y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, into + 3 * PIXEL);
    }
  }

  /** Rows 1 and 3 of the outputs. */
  private static void oddRows(
      float[] x,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt,
      int yStep) {
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, A3);
    FloatVector b = FloatVector.broadcast(SPECIES, B);
    FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
    FloatVector b3 = FloatVector.broadcast(SPECIES, B3);
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      FloatVector m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      FloatVector oddA = m1.sub(m2);
      FloatVector oddB = m3.sub(m4);
      FloatVector p0 = oddB.fma(b, oddA.mul(a));
      FloatVector q0 = oddA.fma(a3, oddB.fma(b3, m5));
      from += stride;
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      oddA = m1.sub(m2);
      oddB = m3.sub(m4);
      FloatVector p1 = oddB.fma(b, oddA.mul(a));
      FloatVector q1 = oddA.fma(a3, oddB.fma(b3, m5));
      from += stride;
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      oddA = m1.sub(m2);
      oddB = m3.sub(m4);
      FloatVector p2 = oddB.fma(b, oddA.mul(a));
      FloatVector q2 = oddA.fma(a3, oddB.fma(b3, m5));
      from += stride;
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      oddA = m1.sub(m2);
      oddB = m3.sub(m4);
      FloatVector p3 = oddB.fma(b, oddA.mul(a));
      FloatVector q3 = oddA.fma(a3, oddB.fma(b3, m5));
      from += stride;
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      oddA = m1.sub(m2);
      oddB = m3.sub(m4);
      FloatVector p4 = oddB.fma(b, oddA.mul(a));
      FloatVector q4 = oddA.fma(a3, oddB.fma(b3, m5));
      from += stride;
      m1 = FloatVector.fromArray(SPECIES, x, from + 6 * stride);
      m2 = FloatVector.fromArray(SPECIES, x, from + 12 * stride);
      m3 = FloatVector.fromArray(SPECIES, x, from + 18 * stride);
      m4 = FloatVector.fromArray(SPECIES, x, from + 24 * stride);
      m5 = FloatVector.fromArray(SPECIES, x, from + 30 * stride);
      oddA = m1.sub(m2);
      oddB = m3.sub(m4);
      FloatVector p5 = oddB.fma(b, oddA.mul(a));
      FloatVector q5 = oddA.fma(a3, oddB.fma(b3, m5));
      FloatVector evenA;
      FloatVector evenB;
      FloatVector c = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector y0;
      FloatVector y1;
      FloatVector y2;
      FloatVector y3;
      int other = residualAt + lane;
      int into = yAt + lane;
      evenA = p1.add(p2);
      oddA = p1.sub(p2);
      evenB = p3.add(p4);
      oddB = p3.sub(p4);
      y0 = p0.add(evenA).add(evenB).add(c);
      y1 = oddB.fma(b, oddA.mul(a)).add(c);
      y2 = evenB.fma(b2, evenA.mul(a2)).add(c);
      y3 = oddA.fma(a3, oddB.fma(b3, p5)).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
      y2 = y2.add(FloatVector.fromArray(SPECIES, residual, other + 2 * PIXEL));
      y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, into + 2 * PIXEL);
      y3 = y3.add(FloatVector.fromArray(SPECIES, residual, other + 3 * PIXEL));
      y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, into + 3 * PIXEL);
      other += residualStep;
      into += yStep;
      evenA = q1.add(q2);
      oddA = q1.sub(q2);
      evenB = q3.add(q4);
      oddB = q3.sub(q4);
      y0 = q0.add(evenA).add(evenB).add(c);
      y1 = oddB.fma(b, oddA.mul(a)).add(c);
      y2 = evenB.fma(b2, evenA.mul(a2)).add(c);
      y3 = oddA.fma(a3, oddB.fma(b3, q5)).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
      y2 = y2.add(FloatVector.fromArray(SPECIES, residual, other + 2 * PIXEL));
      y2.blend(f, y2.compare(VectorOperators.LT, f)).intoArray(y, into + 2 * PIXEL);
      y3 = y3.add(FloatVector.fromArray(SPECIES, residual, other + 3 * PIXEL));
      y3.blend(f, y3.compare(VectorOperators.LT, f)).intoArray(y, into + 3 * PIXEL);
    }
  }
}
