package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise loops at the processor's preferred width, or without vectors on {@link
 * KernelPath#SCALAR}. Each lane is computed on its own, so neither can change a result.
 */
final class Lanes {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.preferred().species();
  private static final boolean VECTORS = KernelPath.current() != KernelPath.SCALAR;

  private Lanes() {}

  /** {@code y[i] = x[i]} for {@code count} elements. */
  static void copy(float[] x, int xAt, float[] y, int yAt, int count) {
    int end = vectorEnd(count);
    int i = 0;
    for (; i < end; i += SPECIES.length()) {
      FloatVector.fromArray(SPECIES, x, xAt + i).intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] = x[xAt + i];
    }
  }

  /** {@code y[i] = alpha * x[i] + y[i]}, both steps rounded, for {@code count} elements. */
  static void addScaled(float[] x, int xAt, float alpha, float[] y, int yAt, int count) {
    int end = vectorEnd(count);
    int i = 0;
    for (; i < end; i += SPECIES.length()) {
      FloatVector sum = FloatVector.fromArray(SPECIES, y, yAt + i);
      FloatVector.fromArray(SPECIES, x, xAt + i).mul(alpha).add(sum).intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] = x[xAt + i] * alpha + y[yAt + i];
    }
  }

  /** Elements that whole vectors cover. */
  private static int vectorEnd(int count) {
    return VECTORS ? SPECIES.loopBound(count) : 0;
  }
}
