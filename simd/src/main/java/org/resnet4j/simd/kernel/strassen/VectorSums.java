package org.resnet4j.simd.kernel.strassen;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.Species;

/**
 * {@link StrassenSums} on the Vector API.
 *
 * <p>The code calls the Vector API and nothing else, like {@code WinogradGenerator}'s.
 */
final class VectorSums implements StrassenSums {
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();
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
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      int from = lane;
      int to = at + lane;
      for (int i = 0; i < pixels; i++, from += step, to += PIXEL) {
        FloatVector a11 = FloatVector.fromArray(SPECIES, x, x11 + from);
        FloatVector a12 = FloatVector.fromArray(SPECIES, x, x12 + from);
        FloatVector a21 = FloatVector.fromArray(SPECIES, x, x21 + from);
        FloatVector a22 = FloatVector.fromArray(SPECIES, x, x22 + from);
        a11.add(a22).intoArray(s, to);
        a21.add(a22).intoArray(s, to + stride);
        a11.intoArray(s, to + 2 * stride);
        a22.intoArray(s, to + 3 * stride);
        a11.add(a12).intoArray(s, to + 4 * stride);
        a21.sub(a11).intoArray(s, to + 5 * stride);
        a12.sub(a22).intoArray(s, to + 6 * stride);
      }
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
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector limit = FloatVector.fromArray(SPECIES, floor, LIMIT_AT + lane);
      FloatVector more = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      int r = residualAt + lane;
      for (int at = lane; at < pixels * PIXEL; at += PIXEL, r += residualStep) {
        FloatVector sum =
            FloatVector.fromArray(SPECIES, m, a + at)
                .add(FloatVector.fromArray(SPECIES, m, b + at))
                .sub(FloatVector.fromArray(SPECIES, m, c + at))
                .add(FloatVector.fromArray(SPECIES, m, d + at))
                .add(more)
                .add(FloatVector.fromArray(SPECIES, residual, r));
        sum.blend(f, sum.compare(VectorOperators.LT, limit)).intoArray(y, yAt + at);
      }
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
    for (int lane = 0; lane < PIXEL; lane += LANES) {
      FloatVector f = FloatVector.fromArray(SPECIES, floor, lane);
      FloatVector limit = FloatVector.fromArray(SPECIES, floor, LIMIT_AT + lane);
      FloatVector more = FloatVector.fromArray(SPECIES, bias, biasAt + lane);
      int r = residualAt + lane;
      for (int at = lane; at < pixels * PIXEL; at += PIXEL, r += residualStep) {
        FloatVector sum =
            FloatVector.fromArray(SPECIES, m, a + at)
                .add(FloatVector.fromArray(SPECIES, m, b + at))
                .add(more)
                .add(FloatVector.fromArray(SPECIES, residual, r));
        sum.blend(f, sum.compare(VectorOperators.LT, limit)).intoArray(y, yAt + at);
      }
    }
  }
}
