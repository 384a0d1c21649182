package org.resnet4j.simd.kernel;

/** Copies between NCHW and {@link BlockedLayout}. */
public final class BlockedCopy {
  private static final int BLOCK = BlockedLayout.BLOCK;

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
    for (int block = 0; block < layout.blocks(); block++) {
      int used = Math.min(BLOCK, layout.channels() - block * BLOCK);
      for (int y = 0; y < layout.height(); y++) {
        int to = offset + layout.index(block, index, y, 0);
        int source = from + block * BLOCK * pixels + y * layout.width();
        for (int x = 0; x < layout.width(); x++, to += BLOCK) {
          for (int lane = 0; lane < used; lane++) {
            data[to + lane] = image[source + lane * pixels + x];
          }
          for (int lane = used; lane < BLOCK; lane++) {
            data[to + lane] = 0f;
          }
        }
      }
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
    int pixels = layout.height() * layout.width();
    for (int channel = 0; channel < layout.channels(); channel++) {
      for (int y = 0; y < layout.height(); y++) {
        int from = offset + layout.index(channel / BLOCK, index, y, 0) + channel % BLOCK;
        int target = to + channel * pixels + y * layout.width();
        for (int x = 0; x < layout.width(); x++, from += BLOCK) {
          image[target + x] = data[from];
        }
      }
    }
  }
}
