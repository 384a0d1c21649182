package org.resnet4j.simd.kernel.layout;

/**
 * Copies between NCHW and {@link BlockedLayout}; what it packs is zero where its magnitude is below
 * 2<sup>-100</sup>, see {@link Tiny}. Stateless and thread-safe.
 */
public final class BlockedCopy {
  /** Channels of a picture. */
  private static final int RGB = 3;

  private BlockedCopy() {}

  /**
   * Packs one image.
   *
   * @param image CHW values from {@code from}
   * @param index of the image in the batch
   */
  public static void pack(
      float[] image, int from, BlockedLayout layout, float[] data, int offset, int index) {
    int pixels = layout.height() * layout.width();
    for (int y = 0; y < layout.height(); y++) {
      packRow(image, from + y * layout.width(), pixels, layout, data, offset, index, y);
    }
  }

  /**
   * Packs one row of pixels of one image; channels that pad the last block become zero.
   *
   * @param rows the row of channel {@code c} from {@code from + c * channelStride}
   * @param index of the image in the batch
   * @param y the row
   */
  public static void packRow(
      float[] rows,
      int from,
      int channelStride,
      BlockedLayout layout,
      float[] data,
      int offset,
      int index,
      int y) {
    if (layout.channels() == RGB && layout.block() == RGB) {
      int to = offset + layout.index(0, index, y, 0);
      interleave(rows, from, channelStride, layout.width(), data, to);
      return;
    }
    int step = layout.block();
    int width = layout.width();
    for (int channel = 0; channel < layout.blocks() * step; channel++) {
      int to = offset + layout.index(channel / step, index, y, 0) + channel % step;
      if (channel < layout.channels()) {
        int source = from + channel * channelStride;
        for (int x = 0; x < width; x++) {
          data[to + x * step] = Tiny.dropped(rows[source + x]);
        }
      } else {
        for (int x = 0; x < width; x++) {
          data[to + x * step] = 0f;
        }
      }
    }
  }

  /** A row of pictures' three channels: with a constant step, bounds are checked once for all. */
  private static void interleave(
      float[] rows, int red, int channelStride, int width, float[] data, int to) {
    int green = red + channelStride;
    int blue = green + channelStride;
    for (int x = 0; x < width; x++) {
      data[to + RGB * x] = Tiny.dropped(rows[red + x]);
      data[to + RGB * x + 1] = Tiny.dropped(rows[green + x]);
      data[to + RGB * x + 2] = Tiny.dropped(rows[blue + x]);
    }
  }

  /**
   * Unpacks one image.
   *
   * @param index of the image in the batch
   * @param image receives CHW values from {@code to}
   */
  public static void unpack(
      BlockedLayout layout, float[] data, int offset, int index, float[] image, int to) {
    int step = layout.block();
    int pixels = layout.height() * layout.width();
    for (int channel = 0; channel < layout.channels(); channel++) {
      for (int y = 0; y < layout.height(); y++) {
        int from = offset + layout.index(channel / step, index, y, 0) + channel % step;
        int target = to + channel * pixels + y * layout.width();
        for (int x = 0; x < layout.width(); x++, from += step) {
          image[target + x] = data[from];
        }
      }
    }
  }
}
