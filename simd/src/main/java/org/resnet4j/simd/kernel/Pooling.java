package org.resnet4j.simd.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.SumRuns;
import org.resnet4j.simd.kernel.pooling.MachineMax;
import org.resnet4j.simd.kernel.pooling.MaxKernels;
import org.resnet4j.simd.kernel.tile.Species;
import org.resnet4j.simd.machine.KernelPath;

/**
 * Max and average pooling on blocked activations. Both write whole blocks, so padding channels stay
 * zero, and leave the halo alone. {@code x} and {@code y} lie in one array and must not overlap;
 * the layouts must have blocks of {@link BlockedLayout#BLOCK} channels, the same channels and
 * batch, and {@code y} the extents the operation gives, which is not checked. Thread-safe.
 *
 * <p>Source: {@code torch.nn.MaxPool2d}, {@code torch.nn.AdaptiveAvgPool2d(1)}.
 */
public final class Pooling {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;

  private Pooling() {}

  /**
   * One output row of one channel block: the maximum over each {@code kernel x kernel} window,
   * where pixels outside the image do not count and NaN wins; of zeros of both signs, either.
   *
   * @param xOffset where the input's layout begins
   * @param yOffset where the output's begins
   * @param kernel extent of the window in pixels
   * @param stride step in pixels
   * @param padding in pixels, less than {@code kernel}
   * @param block channel block
   * @param image index in the batch
   * @param row of the output
   * @throws IndexOutOfBoundsException if a layout exceeds the array
   */
  public static void maxRow(
      float[] data,
      BlockedLayout x,
      int xOffset,
      BlockedLayout y,
      int yOffset,
      int kernel,
      int stride,
      int padding,
      int block,
      int image,
      int row) {
    int top = Math.max(0, row * stride - padding);
    int rows = Math.min(x.height(), row * stride - padding + kernel) - top;
    int rowStride = x.rowStride();
    int first = xOffset + x.index(block, image, top, 0);
    int to = yOffset + y.index(block, image, row, 0);
    int alike;
    for (int column = 0; column < y.width(); column += alike, to += alike * BLOCK) {
      int start = column * stride - padding;
      int left = Math.max(0, start);
      int right = Math.min(x.width(), start + kernel);
      alike = 1;
      MachineMax code = MaxKernels.get(right - left, rows);
      if (code != null) {
        if (right - left == kernel) {
          alike = Math.min((x.width() - start - kernel) / stride + 1, y.width() - column);
        }
        code.run(data, first + left * BLOCK, rowStride, to, alike, stride * BLOCK);
        continue;
      }
      if (!VECTORS) {
        scalarMax(data, first + left * BLOCK, right - left, rows, rowStride, to);
        continue;
      }
      for (int lane = 0; lane < BLOCK; lane += LANES) {
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int s = left; s < right; s++) {
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

  /** One output pixel from a window of {@code columns x rows} pixels. */
  private static void scalarMax(
      float[] data, int first, int columns, int rows, int rowStride, int to) {
    for (int lane = 0; lane < BLOCK; lane++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int s = 0; s < columns; s++) {
        for (int r = 0; r < rows; r++) {
          largest = Math.max(largest, data[first + r * rowStride + s * BLOCK + lane]);
        }
      }
      data[to + lane] = largest;
    }
  }

  /**
   * Means over all pixels of one channel block and image; pixels are added as {@link SumRuns} says,
   * the sum divided once. The result is the only pixel of {@code y}.
   *
   * @param xOffset where the input's layout begins
   * @param yOffset where the output's begins
   * @param block channel block
   * @param image index in the batch
   * @throws IndexOutOfBoundsException if a layout exceeds the array
   */
  public static void mean(
      float[] data,
      BlockedLayout x,
      int xOffset,
      BlockedLayout y,
      int yOffset,
      int block,
      int image) {
    int to = yOffset + y.index(block, image, 0, 0);
    float pixels = (float) x.height() * x.width();
    if (!VECTORS) {
      scalarMean(data, x, xOffset + x.index(block, image, 0, 0), to);
      return;
    }
    int first = xOffset + x.index(block, image, 0, 0);
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

  private static void scalarMean(float[] data, BlockedLayout x, int first, int to) {
    float pixels = (float) x.height() * x.width();
    boolean one = SumRuns.isOne(x);
    int columns = one ? x.width() : SumRuns.length(x.width());
    int rows = one ? x.height() : SumRuns.length(x.height());
    for (int lane = 0; lane < BLOCK; lane++) {
      float sum = 0f;
      for (int top = 0; top < x.height(); top += rows) {
        float ofRows = 0f;
        for (int row = top; row < Math.min(top + rows, x.height()); row++) {
          int from = first + row * x.rowStride() + lane;
          ofRows =
              one ? plus(ofRows, data, from, x.width()) : ofRows + ofRow(data, from, x, columns);
        }
        sum += ofRows;
      }
      data[to + lane] = sum / pixels;
    }
  }

  private static float ofRow(float[] data, int first, BlockedLayout x, int columns) {
    float ofRow = 0f;
    for (int left = 0; left < x.width(); left += columns) {
      ofRow += plus(0f, data, first + left * BLOCK, Math.min(columns, x.width() - left));
    }
    return ofRow;
  }

  private static float plus(float before, float[] data, int first, int count) {
    float sum = before;
    for (int i = 0; i < count; i++) {
      sum += data[first + i * BLOCK];
    }
    return sum;
  }
}
