package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.SumRuns;
import org.resnet4j.simd.kernel.tile.Species;

/** {@link Pooling} of all lanes of a pixel, on the Vector API. */
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

  /** The mean of all pixels from {@code first} on. */
  static void mean(float[] data, BlockedLayout x, int first, int to) {
    float pixels = (float) x.height() * x.width();
    boolean one = SumRuns.isOne(x);
    for (int lane = 0; lane < BLOCK; lane += LANES) {
      if (one) {
        meanOfOne(data, x, first + lane, to + lane, pixels);
      } else {
        meanOfRuns(data, x, first + lane, to + lane, pixels);
      }
    }
  }

  private static void meanOfOne(float[] data, BlockedLayout x, int first, int to, float pixels) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int row = 0; row < x.height(); row++) {
      int from = first + row * x.rowStride();
      for (int column = 0; column < x.width(); column++, from += BLOCK) {
        sum = sum.add(FloatVector.fromArray(SPECIES, data, from));
      }
    }
    sum.div(pixels).intoArray(data, to);
  }

  /** Sums of runs in a row, of rows, and of runs of rows. */
  private static void meanOfRuns(float[] data, BlockedLayout x, int first, int to, float pixels) {
    int columns = SumRuns.length(x.width());
    int rows = SumRuns.length(x.height());
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int top = 0; top < x.height(); top += rows) {
      FloatVector ofRows = FloatVector.zero(SPECIES);
      for (int row = top; row < Math.min(top + rows, x.height()); row++) {
        FloatVector ofRow = FloatVector.zero(SPECIES);
        for (int left = 0; left < x.width(); left += columns) {
          FloatVector ofRun = FloatVector.zero(SPECIES);
          int from = first + row * x.rowStride() + left * BLOCK;
          for (int column = left; column < Math.min(left + columns, x.width()); column++) {
            ofRun = ofRun.add(FloatVector.fromArray(SPECIES, data, from));
            from += BLOCK;
          }
          ofRow = ofRow.add(ofRun);
        }
        ofRows = ofRows.add(ofRow);
      }
      sum = sum.add(ofRows);
    }
    sum.div(pixels).intoArray(data, to);
  }
}
