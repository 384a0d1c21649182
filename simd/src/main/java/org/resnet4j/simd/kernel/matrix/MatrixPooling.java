package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.SumRuns;
import org.resnet4j.simd.kernel.tile.Species;

/**
 * Max and average pooling on blocked activations in bfloat16. Both write whole blocks, so padding
 * channels stay zero, and leave the halo alone. {@code x} and {@code y} lie in one memory and must
 * not overlap; the layouts must have blocks of {@link BlockedLayout#WIDE_BLOCK} channels, the same
 * channels and batch, and {@code y} the extents the operation gives, which is not checked.
 * Thread-safe.
 *
 * <p>Source: {@code torch.nn.MaxPool2d}, {@code torch.nn.AdaptiveAvgPool2d(1)}.
 */
public final class MatrixPooling {
  private static final int PIXEL_BYTES = BlockedLayout.WIDE_BLOCK * Bfloat16.BYTES;
  private static final int VECTOR_BYTES = Species.PREFERRED.vectorByteSize();
  private static final VectorSpecies<Short> SHORTS = Species.PREFERRED.withLanes(short.class);
  private static final VectorSpecies<Integer> PAIRS = Species.PREFERRED.withLanes(int.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** All bits but the sign, which a negative number needs inverted to be in order as a short. */
  private static final short MAGNITUDE = 0x7FFF;

  /**
   * Taken from a number in order it wraps the NaNs with a sign, which are below minus infinity,
   * round to the top; minus infinity becomes the least.
   */
  private static final short NAN_WRAP = 0x7F;

  private static final int UPPER_HALF = 0xFFFF_0000;

  /** Bits to the left from each channel of a pair to the upper half. */
  private static final int LOWER = Short.SIZE;

  private static final int UPPER = 0;

  private MatrixPooling() {}

  /**
   * One output row of one channel block: the maximum over each {@code kernel x kernel} window,
   * where pixels outside the image do not count and NaN wins. Minus zero is below zero.
   *
   * @param xOffset where the input's layout begins, in elements
   * @param yOffset where the output's begins, in elements
   * @param kernel extent of the window in pixels
   * @param stride step in pixels
   * @param padding in pixels, less than {@code kernel}
   * @param block channel block
   * @param image index in the batch
   * @param row of the output
   * @throws IndexOutOfBoundsException if a layout exceeds the memory
   */
  public static void maxRow(
      MemorySegment data,
      BlockedLayout x,
      long xOffset,
      BlockedLayout y,
      long yOffset,
      int kernel,
      int stride,
      int padding,
      int block,
      int image,
      int row) {
    int top = Math.max(0, row * stride - padding);
    int rows = Math.min(x.height(), row * stride - padding + kernel) - top;
    long rowBytes = (long) x.rowStride() * Bfloat16.BYTES;
    long first = (xOffset + x.index(block, image, top, 0)) * Bfloat16.BYTES;
    long to = (yOffset + y.index(block, image, row, 0)) * Bfloat16.BYTES;
    for (int column = 0; column < y.width(); column++, to += PIXEL_BYTES) {
      int left = Math.max(0, column * stride - padding);
      int right = Math.min(x.width(), column * stride - padding + kernel);
      for (int at = 0; at < PIXEL_BYTES; at += VECTOR_BYTES) {
        ShortVector largest = ShortVector.broadcast(SHORTS, Short.MIN_VALUE);
        for (int s = left; s < right; s++) {
          long from = first + (long) s * PIXEL_BYTES + at;
          for (int r = 0; r < rows; r++, from += rowBytes) {
            ShortVector value = ShortVector.fromMemorySegment(SHORTS, data, from, ORDER);
            largest = largest.max(inverted(value).sub(NAN_WRAP));
          }
        }
        inverted(largest.add(NAN_WRAP)).intoMemorySegment(data, to + at, ORDER);
      }
    }
  }

  /** From sign and magnitude to two's complement, and back. */
  private static ShortVector inverted(ShortVector value) {
    return value.lanewise(
        VectorOperators.XOR, value.lanewise(VectorOperators.ASHR, Short.SIZE - 1).and(MAGNITUDE));
  }

  /**
   * Means over all pixels of one channel block and image; pixels are added as {@link SumRuns} says
   * in float32, the sum divided once and rounded by {@link Bfloat16#round}. The result is the only
   * pixel of {@code y}.
   *
   * @param xOffset where the input's layout begins, in elements
   * @param yOffset where the output's begins, in elements
   * @param block channel block
   * @param image index in the batch
   * @throws IndexOutOfBoundsException if a layout exceeds the memory
   */
  public static void mean(
      MemorySegment data,
      BlockedLayout x,
      long xOffset,
      BlockedLayout y,
      long yOffset,
      int block,
      int image) {
    long to = (yOffset + y.index(block, image, 0, 0)) * Bfloat16.BYTES;
    float pixels = (float) x.height() * x.width();
    long first = (xOffset + x.index(block, image, 0, 0)) * Bfloat16.BYTES;
    boolean one = SumRuns.isOne(x);
    for (int at = 0; at < PIXEL_BYTES; at += VECTOR_BYTES) {
      if (one) {
        meanOfOne(data, x, first + at, to + at, pixels);
      } else {
        meanOfRuns(data, x, first + at, to + at, pixels);
      }
    }
  }

  /** Of the two channels in each int: no value has to change its lane. */
  private static void meanOfOne(
      MemorySegment data, BlockedLayout x, long first, long to, float pixels) {
    long rowBytes = (long) x.rowStride() * Bfloat16.BYTES;
    FloatVector lower = FloatVector.zero(Species.PREFERRED);
    FloatVector upper = FloatVector.zero(Species.PREFERRED);
    for (int row = 0; row < x.height(); row++) {
      long from = first + row * rowBytes;
      for (int column = 0; column < x.width(); column++, from += PIXEL_BYTES) {
        lower = lower.add(values(data, from, LOWER));
        upper = upper.add(values(data, from, UPPER));
      }
    }
    store(data, to, lower.div(pixels), upper.div(pixels));
  }

  /** The same by sums of runs in a row, of rows, and of runs of rows. */
  private static void meanOfRuns(
      MemorySegment data, BlockedLayout x, long first, long to, float pixels) {
    long rowBytes = (long) x.rowStride() * Bfloat16.BYTES;
    int columns = SumRuns.length(x.width());
    int rows = SumRuns.length(x.height());
    FloatVector lower = FloatVector.zero(Species.PREFERRED);
    FloatVector upper = FloatVector.zero(Species.PREFERRED);
    for (int top = 0; top < x.height(); top += rows) {
      FloatVector lowerOfRows = FloatVector.zero(Species.PREFERRED);
      FloatVector upperOfRows = FloatVector.zero(Species.PREFERRED);
      for (int row = top; row < Math.min(top + rows, x.height()); row++) {
        FloatVector lowerOfRow = FloatVector.zero(Species.PREFERRED);
        FloatVector upperOfRow = FloatVector.zero(Species.PREFERRED);
        for (int left = 0; left < x.width(); left += columns) {
          FloatVector lowerOfRun = FloatVector.zero(Species.PREFERRED);
          FloatVector upperOfRun = FloatVector.zero(Species.PREFERRED);
          long from = first + row * rowBytes + (long) left * PIXEL_BYTES;
          for (int column = left; column < Math.min(left + columns, x.width()); column++) {
            lowerOfRun = lowerOfRun.add(values(data, from, LOWER));
            upperOfRun = upperOfRun.add(values(data, from, UPPER));
            from += PIXEL_BYTES;
          }
          lowerOfRow = lowerOfRow.add(lowerOfRun);
          upperOfRow = upperOfRow.add(upperOfRun);
        }
        lowerOfRows = lowerOfRows.add(lowerOfRow);
        upperOfRows = upperOfRows.add(upperOfRow);
      }
      lower = lower.add(lowerOfRows);
      upper = upper.add(upperOfRows);
    }
    store(data, to, lower.div(pixels), upper.div(pixels));
  }

  private static void store(MemorySegment data, long to, FloatVector lower, FloatVector upper) {
    MatrixCopy.rounded(upper)
        .lanewise(VectorOperators.LSHL, Short.SIZE)
        .or(MatrixCopy.rounded(lower))
        .intoMemorySegment(data, to, ORDER);
  }

  /** One channel of each pair, which {@code shift} brings to a float's place. */
  private static FloatVector values(MemorySegment data, long from, int shift) {
    return IntVector.fromMemorySegment(PAIRS, data, from, ORDER)
        .lanewise(VectorOperators.LSHL, shift)
        .and(UPPER_HALF)
        .reinterpretAsFloats();
  }
}
