package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.tile.Species;

/** The maxima of {@link Pooling} on the Vector API. */
final class VectorPooling {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorPooling() {}

  /** One output pixel from a window of {@code columns x rows} pixels. */
  static void max(float[] data, int first, int columns, int rows, int rowStride, int to) {
    for (int lane = 0; lane < BLOCK; lane += LANES) {
      FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int s = 0; s < columns; s++) {
        int from = first + s * BLOCK + lane;
        for (int r = 0; r < rows; r++, from += rowStride) {
          FloatVector value = FloatVector.fromArray(SPECIES, data, from);
          // FloatVector.max would also order the zeros, with more instructions.
          largest =
              largest.blend(
                  value,
                  value
                      .compare(VectorOperators.GT, largest)
                      .or(value.compare(VectorOperators.NE, value)));
        }
      }
      largest.intoArray(data, to + lane);
    }
  }
}
