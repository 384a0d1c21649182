package org.resnet4j.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/**
 * A decoded picture: 8-bit RGB, interleaved, rows from top to bottom.
 *
 * <p>{@code data} holds {@code height * width * 3} bytes in the order R, G, B; it is shared, not
 * copied, and must not be written to after construction.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param data the samples
 */
@SuppressWarnings(
    "ArrayRecordComponent") // a picture is compared by nobody; a copy would double its memory
public record RgbImage(int width, int height, byte[] data) {
  private static final int RED = 19_595;
  private static final int GREEN = 38_470;
  private static final int BLUE = 7_471;
  private static final int LUMA_BITS = 16;

  /**
   * Checks the extents against the sample count.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public RgbImage {
    if (width < 1 || height < 1 || 3L * width * height != data.length) {
      throw new IllegalArgumentException(
          width + "x" + height + " RGB pixels do not fit " + data.length + " bytes");
    }
  }

  /**
   * The pixels of a picture of AWT's, without its alpha. Samples of grey are taken as they are
   * stored, where {@link BufferedImage#getRGB} would change them; a colour space other than sRGB is
   * converted, as AWT does it.
   *
   * @param image is not kept
   */
  public static RgbImage of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (3L * width * height > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(width + "x" + height + " pixels exceed an array");
    }
    byte[] data = new byte[3 * width * height];
    switch (image.getType()) {
      case BufferedImage.TYPE_BYTE_GRAY -> grey(image.getRaster(), 0, data);
      case BufferedImage.TYPE_USHORT_GRAY -> grey(image.getRaster(), 8, data);
      default -> {
        int[] row = new int[width];
        int to = 0;
        for (int y = 0; y < height; y++) {
          image.getRGB(0, y, width, 1, row, 0, width);
          for (int pixel : row) {
            data[to++] = (byte) (pixel >> 16);
            data[to++] = (byte) (pixel >> 8);
            data[to++] = (byte) pixel;
          }
        }
      }
    }
    return new RgbImage(width, height, data);
  }

  private static void grey(Raster raster, int shift, byte[] data) {
    int[] row = new int[raster.getWidth()];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, row.length, 1, 0, row);
      for (int sample : row) {
        byte value = (byte) (sample >> shift);
        data[to++] = value;
        data[to++] = value;
        data[to++] = value;
      }
    }
  }

  /**
   * The picture without its colours, {@code R = G = B = L}. Source: Pillow's {@code
   * Image.convert("L")}, that is ITU-R 601-2 luma in 16 fraction bits, rounded to nearest.
   */
  public RgbImage grey() {
    byte[] grey = new byte[data.length];
    for (int i = 0; i < data.length; i += 3) {
      int sum = (data[i] & 0xFF) * RED + (data[i + 1] & 0xFF) * GREEN + (data[i + 2] & 0xFF) * BLUE;
      byte luma = (byte) ((sum + (1 << (LUMA_BITS - 1))) >> LUMA_BITS);
      grey[i] = luma;
      grey[i + 1] = luma;
      grey[i + 2] = luma;
    }
    return new RgbImage(width, height, grey);
  }
}
