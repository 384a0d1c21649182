package org.resnet4j.simd.kernel.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.tile.Species;

/** The inner loop of {@link RowTimesMatrix} on the Vector API. */
final class EightRows {
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();

  private EightRows() {}

  /** Adds rows {@code p} to {@code p + 7} of B; returns the first column that no vector covered. */
  static int add(Matrix a, int p, Matrix b, float[] sums, int from, int to) {
    float[] x = a.data();
    int step = a.columnStep();
    int at = a.offset() + p * step;
    FloatVector a0 = FloatVector.broadcast(SPECIES, x[at]);
    FloatVector a1 = FloatVector.broadcast(SPECIES, x[at + step]);
    FloatVector a2 = FloatVector.broadcast(SPECIES, x[at + 2 * step]);
    FloatVector a3 = FloatVector.broadcast(SPECIES, x[at + 3 * step]);
    FloatVector a4 = FloatVector.broadcast(SPECIES, x[at + 4 * step]);
    FloatVector a5 = FloatVector.broadcast(SPECIES, x[at + 5 * step]);
    FloatVector a6 = FloatVector.broadcast(SPECIES, x[at + 6 * step]);
    FloatVector a7 = FloatVector.broadcast(SPECIES, x[at + 7 * step]);
    float[] y = b.data();
    int ld = b.ld();
    int row = b.offset() + p * ld;
    int j = from;
    for (; j + LANES <= to; j += LANES) {
      int i = row + j;
      FloatVector s = FloatVector.fromArray(SPECIES, sums, j);
      s = a0.fma(FloatVector.fromArray(SPECIES, y, i), s);
      s = a1.fma(FloatVector.fromArray(SPECIES, y, i + ld), s);
      s = a2.fma(FloatVector.fromArray(SPECIES, y, i + 2 * ld), s);
      s = a3.fma(FloatVector.fromArray(SPECIES, y, i + 3 * ld), s);
      s = a4.fma(FloatVector.fromArray(SPECIES, y, i + 4 * ld), s);
      s = a5.fma(FloatVector.fromArray(SPECIES, y, i + 5 * ld), s);
      s = a6.fma(FloatVector.fromArray(SPECIES, y, i + 6 * ld), s);
      s = a7.fma(FloatVector.fromArray(SPECIES, y, i + 7 * ld), s);
      s.intoArray(sums, j);
    }
    return j;
  }
}
