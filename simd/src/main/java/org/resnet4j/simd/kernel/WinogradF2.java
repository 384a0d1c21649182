package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector code of {@link WinogradTile#F2}'s transforms, wholly in registers: see {@link
 * WinogradTransform}.
 */
final class WinogradF2 {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final int LANES = SPECIES.length();
  private static final int PIXEL = BlockedLayout.BLOCK;

  private WinogradF2() {}

  /** {@code V = B^T d B}; parameters as in {@link WinogradTransform#input}. */
  static void input(float[] x, int at, int rowStride, float[] v, int to, int stride) {
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, from + rowStride);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, from + 2 * rowStride);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, from + 3 * rowStride);
      FloatVector p0 = d2.sub(d0);
      FloatVector q0 = d2.add(d1);
      FloatVector r0 = d2.sub(d1);
      FloatVector s0 = d3.sub(d1);
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + rowStride);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * rowStride);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * rowStride);
      FloatVector p1 = d2.sub(d0);
      FloatVector q1 = d2.add(d1);
      FloatVector r1 = d2.sub(d1);
      FloatVector s1 = d3.sub(d1);
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + rowStride);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * rowStride);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * rowStride);
      FloatVector p2 = d2.sub(d0);
      FloatVector q2 = d2.add(d1);
      FloatVector r2 = d2.sub(d1);
      FloatVector s2 = d3.sub(d1);
      from += PIXEL;
      d0 = FloatVector.fromArray(SPECIES, x, from);
      d1 = FloatVector.fromArray(SPECIES, x, from + rowStride);
      d2 = FloatVector.fromArray(SPECIES, x, from + 2 * rowStride);
      d3 = FloatVector.fromArray(SPECIES, x, from + 3 * rowStride);
      FloatVector p3 = d2.sub(d0);
      FloatVector q3 = d2.add(d1);
      FloatVector r3 = d2.sub(d1);
      FloatVector s3 = d3.sub(d1);
      int into = to + lane;
      p2.sub(p0).intoArray(v, into);
      p2.add(p1).intoArray(v, into + stride);
      p2.sub(p1).intoArray(v, into + 2 * stride);
      p3.sub(p1).intoArray(v, into + 3 * stride);
      into += 4 * stride;
      q2.sub(q0).intoArray(v, into);
      q2.add(q1).intoArray(v, into + stride);
      q2.sub(q1).intoArray(v, into + 2 * stride);
      q3.sub(q1).intoArray(v, into + 3 * stride);
      into += 4 * stride;
      r2.sub(r0).intoArray(v, into);
      r2.add(r1).intoArray(v, into + stride);
      r2.sub(r1).intoArray(v, into + 2 * stride);
      r3.sub(r1).intoArray(v, into + 3 * stride);
      into += 4 * stride;
      s2.sub(s0).intoArray(v, into);
      s2.add(s1).intoArray(v, into + stride);
      s2.sub(s1).intoArray(v, into + 2 * stride);
      s3.sub(s1).intoArray(v, into + 3 * stride);
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
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = at + lane;
      FloatVector m0 = FloatVector.fromArray(SPECIES, products, from);
      FloatVector m1 = FloatVector.fromArray(SPECIES, products, from + 4 * stride);
      FloatVector m2 = FloatVector.fromArray(SPECIES, products, from + 8 * stride);
      FloatVector m3 = FloatVector.fromArray(SPECIES, products, from + 12 * stride);
      FloatVector p0 = m0.add(m1.add(m2));
      FloatVector q0 = m1.sub(m2).add(m3);
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, products, from);
      m1 = FloatVector.fromArray(SPECIES, products, from + 4 * stride);
      m2 = FloatVector.fromArray(SPECIES, products, from + 8 * stride);
      m3 = FloatVector.fromArray(SPECIES, products, from + 12 * stride);
      FloatVector p1 = m0.add(m1.add(m2));
      FloatVector q1 = m1.sub(m2).add(m3);
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, products, from);
      m1 = FloatVector.fromArray(SPECIES, products, from + 4 * stride);
      m2 = FloatVector.fromArray(SPECIES, products, from + 8 * stride);
      m3 = FloatVector.fromArray(SPECIES, products, from + 12 * stride);
      FloatVector p2 = m0.add(m1.add(m2));
      FloatVector q2 = m1.sub(m2).add(m3);
      from += stride;
      m0 = FloatVector.fromArray(SPECIES, products, from);
      m1 = FloatVector.fromArray(SPECIES, products, from + 4 * stride);
      m2 = FloatVector.fromArray(SPECIES, products, from + 8 * stride);
      m3 = FloatVector.fromArray(SPECIES, products, from + 12 * stride);
      FloatVector p3 = m0.add(m1.add(m2));
      FloatVector q3 = m1.sub(m2).add(m3);
      FloatVector c = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      int other = residualAt + lane;
      int into = yAt + lane;
      FloatVector y0 = p0.add(p1.add(p2)).add(c);
      FloatVector y1 = p1.sub(p2).add(p3).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
      other += residualRowStride;
      into += yRowStride;
      y0 = q0.add(q1.add(q2)).add(c);
      y1 = q1.sub(q2).add(q3).add(c);
      y0 = y0.add(FloatVector.fromArray(SPECIES, residual, other));
      y0.blend(f, y0.compare(VectorOperators.LT, f)).intoArray(y, into);
      y1 = y1.add(FloatVector.fromArray(SPECIES, residual, other + PIXEL));
      y1.blend(f, y1.compare(VectorOperators.LT, f)).intoArray(y, into + PIXEL);
    }
  }
}
