package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import org.resnet4j.core.graph.Window;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.Pooling;
import org.resnet4j.simd.kernel.layout.BlockedCopy;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.matrix.MatrixCopy;
import org.resnet4j.simd.kernel.matrix.MatrixPooling;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * The memory of a session's values, and what is done there beside convolutions. Places count in
 * elements. Threads may work on different pixels.
 */
sealed interface Activations {
  /** Index of the first element on a cache line. */
  static int first(Element element) {
    return element == Element.FLOAT32 ? CacheLine.FIRST : 0;
  }

  /**
   * Allocates.
   *
   * @param size elements
   * @throws OutOfMemoryError if there is no room
   */
  static Activations allocate(Element element, long size) {
    return element == Element.FLOAT32
        ? new Floats(new float[Math.toIntExact(size)])
        : new Halves(NativeMemory.allocate(Math.multiplyExact(size, element.bytes())));
  }

  /**
   * Packs a row of pixels of an image of the input.
   *
   * @param rows the row of channel {@code c} from {@code from + c * channelStride}
   * @param at where the layout begins
   */
  void packRow(
      float[] rows, int from, int channelStride, BlockedLayout layout, int at, int image, int row);

  /** A row of a channel block of max pooling. */
  void maxRow(Value x, int xAt, Value y, int yAt, Window window, int block, int image, int row);

  /** A channel block of global average pooling. */
  void mean(Value x, int xAt, Value y, int yAt, int block, int image);

  /** Sets a value's halo to zero. */
  void clearHalo(Value value, int at, int images);

  /**
   * Unpacks an image of a value.
   *
   * @param image receives CHW floats
   */
  void unpack(Value value, int at, int index, float[] image);

  /** In float32, on the heap. */
  record Floats(float[] data) implements Activations {
    @Override
    public void packRow(
        float[] rows,
        int from,
        int channelStride,
        BlockedLayout layout,
        int at,
        int image,
        int row) {
      BlockedCopy.packRow(rows, from, channelStride, layout, data, at, image, row);
    }

    @Override
    public void maxRow(
        Value x, int xAt, Value y, int yAt, Window window, int block, int image, int row) {
      Pooling.maxRow(
          data,
          x.layout(),
          xAt,
          y.layout(),
          yAt,
          window.kernel(),
          window.stride(),
          window.padding(),
          block,
          image,
          row);
    }

    @Override
    public void mean(Value x, int xAt, Value y, int yAt, int block, int image) {
      Pooling.mean(data, x.layout(), xAt, y.layout(), yAt, block, image);
    }

    @Override
    public void clearHalo(Value value, int at, int images) {
      value.layout().clearHalo(data, at, images);
    }

    @Override
    public void unpack(Value value, int at, int index, float[] image) {
      BlockedCopy.unpack(value.layout(), data, at, index, image, 0);
    }
  }

  /** In bfloat16, beside the heap; a value in float32 takes two elements for each of its own. */
  record Halves(MemorySegment data) implements Activations {
    @Override
    public void packRow(
        float[] rows,
        int from,
        int channelStride,
        BlockedLayout layout,
        int at,
        int image,
        int row) {
      MatrixCopy.packRow(rows, from, channelStride, layout, data, at, image, row);
    }

    @Override
    public void maxRow(
        Value x, int xAt, Value y, int yAt, Window window, int block, int image, int row) {
      MatrixPooling.maxRow(
          data,
          x.layout(),
          xAt,
          y.layout(),
          yAt,
          window.kernel(),
          window.stride(),
          window.padding(),
          block,
          image,
          row);
    }

    @Override
    public void mean(Value x, int xAt, Value y, int yAt, int block, int image) {
      MatrixPooling.mean(data, x.layout(), xAt, y.layout(), yAt, block, image);
    }

    @Override
    public void clearHalo(Value value, int at, int images) {
      value.layout().clearHalo(data, Element.BFLOAT16.bytes(), at, images);
    }

    @Override
    public void unpack(Value value, int at, int index, float[] image) {
      boolean floats = value.element() == Element.FLOAT32;
      MatrixCopy.unpack(value.layout(), data, floats ? at / 2 : at, index, floats, image, 0);
    }
  }
}
