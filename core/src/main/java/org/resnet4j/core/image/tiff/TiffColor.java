package org.resnet4j.core.image.tiff;

import org.resnet4j.core.image.sample.CmykColor;
import org.resnet4j.core.image.sample.Samples;

/** What the samples of a TIFF's pixels mean. */
enum TiffColor {
  WHITE_IS_ZERO,
  BLACK_IS_ZERO,
  PALETTE,
  RGB,
  /** With an alpha that the colours have been multiplied by. */
  PREMULTIPLIED,
  CMYK;

  /**
   * A row of samples to R, G, B.
   *
   * @param row samples of 8 bits, interleaved; of fewer bits each is a byte and not yet scaled
   * @param samples per pixel
   * @param step between two values of grey
   * @param palette 256 colours
   */
  void convert(byte[] row, int samples, int step, byte[] palette, byte[] rgb, int at, int width) {
    switch (this) {
      case BLACK_IS_ZERO, WHITE_IS_ZERO -> {
        int flip = this == WHITE_IS_ZERO ? 0xFF : 0;
        for (int i = 0; i < width * samples; i++) {
          row[i] = (byte) (row[i] * step ^ flip);
        }
        Samples.replicate(row, samples, rgb, at, width);
      }
      case PALETTE -> Samples.lookUp(row, palette, rgb, at, width);
      case RGB -> Samples.firstThree(row, samples, rgb, at, width);
      case PREMULTIPLIED -> divide(row, rgb, at, width);
      case CMYK -> CmykColor.convertInks(row, rgb, at, width);
    }
  }

  private static void divide(byte[] row, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      int alpha = row[4 * x + 3] & 0xFF;
      for (int c = 0; c < 3; c++) {
        int value = row[4 * x + c] & 0xFF;
        rgb[at + 3 * x + c] = (byte) (alpha == 0 ? 0 : Math.min(255 * value / alpha, 255));
      }
    }
  }
}
