package org.resnet4j.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * EXIF tag 0x0112: where the first stored row and column lie in the upright picture. 1 is upright,
 * 2 mirrored, 3 upside down, 4 flipped, 5 transposed, 6 to be turned clockwise, 7 transverse, 8 to
 * be turned counterclockwise.
 */
final class ExifOrientation {
  private static final int TAG = 0x0112;
  private static final int TYPE_SHORT = 3;
  private static final int ENTRY_BYTES = 12;
  private static final int HEADER_BYTES = 8;

  private ExifOrientation() {}

  /**
   * The orientation in the TIFF structure at {@code [from, to)}, or 1 where there is none or the
   * structure is damaged: EXIF is a hint, not a part of the picture.
   */
  static int parse(byte[] bytes, int from, int to) {
    if (to - from < HEADER_BYTES || to > bytes.length) {
      return 1;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, from, to - from).slice();
    char order = (char) tiff.getShort(0);
    if (order == 0x4949) {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    } else if (order != 0x4D4D) {
      return 1;
    }
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (directory + 2 > tiff.limit()) {
      return 1;
    }
    int first = (int) directory + 2;
    int count = Math.min(tiff.getChar(first - 2), (tiff.limit() - first) / ENTRY_BYTES);
    for (int entry = first; entry < first + count * ENTRY_BYTES; entry += ENTRY_BYTES) {
      if (tiff.getChar(entry) == TAG && tiff.getChar(entry + 2) == TYPE_SHORT) {
        int value = tiff.getChar(entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  /** The upright picture; {@code image} itself for orientation 1. */
  static RgbImage apply(RgbImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    boolean transposed = orientation >= 5;
    int width = transposed ? image.height() : image.width();
    int height = transposed ? image.width() : image.height();
    byte[] in = image.data();
    byte[] out = new byte[in.length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int from = 3 * sourcePixel(image.width(), image.height(), orientation, x, y);
        out[to++] = in[from];
        out[to++] = in[from + 1];
        out[to++] = in[from + 2];
      }
    }
    return new RgbImage(width, height, out);
  }

  /** Index of the stored pixel that belongs at column x, row y of the upright picture. */
  private static int sourcePixel(int width, int height, int orientation, int x, int y) {
    int right = width - 1;
    int bottom = height - 1;
    return switch (orientation) {
      case 2 -> y * width + right - x;
      case 3 -> (bottom - y) * width + right - x;
      case 4 -> (bottom - y) * width + x;
      case 5 -> x * width + y;
      case 6 -> (bottom - x) * width + y;
      case 7 -> (bottom - x) * width + right - y;
      case 8 -> x * width + right - y;
      default -> throw new IllegalArgumentException("orientation " + orientation);
    };
  }
}
