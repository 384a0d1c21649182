package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Tiny;
import org.resnet4j.simd.kernel.tile.Species;

/**
 * Copies between NCHW and {@link BlockedLayout} in bfloat16 beside the heap; what it packs is
 * rounded by {@link Bfloat16#round}. Stateless and thread-safe.
 */
public final class MatrixCopy {
  /** Channels of a picture. */
  private static final int RGB = 3;

  private static final int PIXEL_BYTES = Long.BYTES;
  private static final VectorSpecies<Float> SPECIES = Species.PREFERRED;
  private static final int LANES = SPECIES.length();

  /** From red and green in one int and blue in another to pixels. */
  private static final VectorShuffle<Integer> FIRST_HALF = pixels(0);

  private static final VectorShuffle<Integer> SECOND_HALF = pixels(1);

  private static final int LEAST = Float.floatToRawIntBits(Tiny.LIMIT);

  private static final int INFINITY = 0x7F80_0000;
  private static final int MAGNITUDE = 0x7FFF_FFFF;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private MatrixCopy() {}

  private static VectorShuffle<Integer> pixels(int half) {
    return VectorShuffle.makeZip(SPECIES.withLanes(int.class), half);
  }

  /**
   * Packs one row of pixels of one image; channels that pad the last block become zero.
   *
   * @param rows the row of channel {@code c} from {@code from + c * channelStride}
   * @param channelStride in floats
   * @param layout in blocks of {@link BlockedLayout#WIDE_BLOCK}, or of 4 for at most 4 channels
   * @param offset where the layout begins, in elements
   * @param index of the image in the batch
   * @param y the row
   * @throws IndexOutOfBoundsException if the rows or the layout exceed their memory
   */
  public static void packRow(
      float[] rows,
      int from,
      int channelStride,
      BlockedLayout layout,
      MemorySegment data,
      long offset,
      int index,
      int y) {
    int step = layout.block();
    if (layout.channels() == RGB && step * Bfloat16.BYTES == PIXEL_BYTES) {
      long to = (offset + layout.index(0, index, y, 0)) * Bfloat16.BYTES;
      interleave(rows, from, channelStride, layout.width(), data, to);
      return;
    }
    for (int channel = 0; channel < layout.blocks() * step; channel++) {
      long to = offset + layout.index(channel / step, index, y, 0) + channel % step;
      boolean padding = channel >= layout.channels();
      int source = from + channel * channelStride;
      for (int x = 0; x < layout.width(); x++, to += step) {
        short value = padding ? 0 : Bfloat16.round(rows[source + x]);
        data.set(ValueLayout.JAVA_SHORT, to * Bfloat16.BYTES, value);
      }
    }
  }

  /** A row of pictures' three channels, to a byte offset. */
  private static void interleave(
      float[] rows, int red, int channelStride, int width, MemorySegment data, long to) {
    int green = red + channelStride;
    int blue = green + channelStride;
    int x = 0;
    for (; x <= width - LANES; x += LANES) {
      IntVector redGreen =
          rounded(FloatVector.fromArray(SPECIES, rows, green + x))
              .lanewise(VectorOperators.LSHL, Short.SIZE)
              .or(rounded(FloatVector.fromArray(SPECIES, rows, red + x)));
      IntVector rest = rounded(FloatVector.fromArray(SPECIES, rows, blue + x));
      long first = to + (long) x * PIXEL_BYTES;
      long second = first + SPECIES.vectorByteSize();
      redGreen.rearrange(FIRST_HALF, rest).intoMemorySegment(data, first, ORDER);
      redGreen.rearrange(SECOND_HALF, rest).intoMemorySegment(data, second, ORDER);
    }
    for (; x < width; x++) {
      long pixel =
          rounded(rows[red + x])
              | (rounded(rows[green + x]) << Short.SIZE)
              | (rounded(rows[blue + x]) << (2 * Short.SIZE));
      data.set(ValueLayout.JAVA_LONG_UNALIGNED, to + (long) x * PIXEL_BYTES, pixel);
    }
  }

  private static long rounded(float value) {
    return Short.toUnsignedLong(Bfloat16.round(value));
  }

  /** {@link Bfloat16#round} of each, in the lower half of its lane; the upper half is zero. */
  static IntVector rounded(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector magnitude = bits.and(MAGNITUDE);
    IntVector cut = bits.lanewise(VectorOperators.LSHR, Short.SIZE);
    return bits.add(cut.and(1))
        .add(Bfloat16.ALMOST_HALF)
        .lanewise(VectorOperators.LSHR, Short.SIZE)
        .blend(0, magnitude.compare(VectorOperators.LT, LEAST))
        .blend(cut.or(Bfloat16.QUIET), magnitude.compare(VectorOperators.GT, INFINITY));
  }

  /**
   * Unpacks one image.
   *
   * @param offset where the layout begins, in elements
   * @param index of the image in the batch
   * @param floats whether the elements are float32 instead of bfloat16
   * @param image receives CHW values from {@code to}
   * @throws IndexOutOfBoundsException if the layout or the image exceed their memory
   */
  public static void unpack(
      BlockedLayout layout,
      MemorySegment data,
      long offset,
      int index,
      boolean floats,
      float[] image,
      int to) {
    int step = layout.block();
    int target = to;
    for (int channel = 0; channel < layout.channels(); channel++) {
      for (int y = 0; y < layout.height(); y++) {
        long from = offset + layout.index(channel / step, index, y, 0) + channel % step;
        for (int x = 0; x < layout.width(); x++, from += step) {
          image[target++] =
              floats
                  ? data.get(ValueLayout.JAVA_FLOAT, from * Float.BYTES)
                  : Bfloat16.value(data.get(ValueLayout.JAVA_SHORT, from * Bfloat16.BYTES));
        }
      }
    }
  }
}
