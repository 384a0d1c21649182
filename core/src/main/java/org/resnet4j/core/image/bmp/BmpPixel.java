package org.resnet4j.core.image.bmp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a BMP's pixel without a palette has its colours.
 *
 * @param bytes per pixel
 * @param red the byte that holds it, or with two bytes its lowest bit
 * @param green as {@code red}; with two bytes its lowest bit is always 5
 */
record BmpPixel(int bytes, int red, int green, int blue) {
  private static final BmpPixel RGB555 = new BmpPixel(2, 10, 5, 0);
  private static final BmpPixel RGB565 = new BmpPixel(2, 11, 5, 0);
  private static final BmpPixel BGR = new BmpPixel(3, 2, 1, 0);
  private static final BmpPixel BGRX = new BmpPixel(4, 2, 1, 0);
  private static final BmpPixel XBGR = new BmpPixel(4, 3, 2, 1);
  private static final BmpPixel RGBA = new BmpPixel(4, 0, 1, 2);

  /** Without bit fields. */
  static BmpPixel usual(int bits) {
    return bits == 16 ? RGB555 : bits == 24 ? BGR : BGRX;
  }

  /** By the masks of little-endian pixels; null for those that Pillow does not read. */
  static @Nullable BmpPixel of(int bits, long red, long green, long blue, long alpha) {
    String masks = String.format(Locale.ROOT, "%X %X %X", red, green, blue);
    String all = String.format(Locale.ROOT, "%X %X %X %X", red, green, blue, alpha);
    return switch (bits) {
      case 16 ->
          switch (masks) {
            case "7C00 3E0 1F" -> RGB555;
            case "F800 7E0 1F" -> RGB565;
            default -> null;
          };
      case 24 -> masks.equals("FF0000 FF00 FF") ? BGR : null;
      case 32 ->
          switch (all) {
            case "FF0000 FF00 FF 0", "FF0000 FF00 FF FF000000", "0 0 0 0" -> BGRX;
            case "FF000000 FF0000 FF00 0", "FF000000 FF0000 FF00 FF" -> XBGR;
            case "FF FF00 FF0000 FF000000" -> RGBA;
            default -> null;
          };
      default -> null;
    };
  }

  /** A row of pixels to R, G, B; five and six bits to eight by Pillow's quotient, rounded down. */
  void convert(byte[] row, byte[] rgb, int at, int width) {
    if (bytes == 2) {
      convertBits(row, rgb, at, width);
      return;
    }
    for (int x = 0; x < width; x++) {
      rgb[at + 3 * x] = row[bytes * x + red];
      rgb[at + 3 * x + 1] = row[bytes * x + green];
      rgb[at + 3 * x + 2] = row[bytes * x + blue];
    }
  }

  private void convertBits(byte[] row, byte[] rgb, int at, int width) {
    int greens = (1 << (red - green)) - 1;
    for (int x = 0; x < width; x++) {
      int pixel = (row[2 * x] & 0xFF) | (row[2 * x + 1] & 0xFF) << 8;
      rgb[at + 3 * x] = (byte) ((pixel >> red & 31) * 255 / 31);
      rgb[at + 3 * x + 1] = (byte) ((pixel >> green & greens) * 255 / greens);
      rgb[at + 3 * x + 2] = (byte) ((pixel & 31) * 255 / 31);
    }
  }
}
