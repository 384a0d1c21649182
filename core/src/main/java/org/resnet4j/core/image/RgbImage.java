package org.resnet4j.core.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
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
   * stored, where {@link BufferedImage#getRGB} would change them: the upper 8 of more bits, while
   * fewer are scaled. A colour space other than sRGB is converted, as AWT does it.
   *
   * @param image is not kept
   * @throws IllegalArgumentException if it has more samples than an array holds, or is of a kind
   *     that AWT does not convert
   */
  public static RgbImage of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (3L * width * height > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(width + "x" + height + " pixels exceed an array");
    }
    byte[] data = new byte[3 * width * height];
    ColorModel model = image.getColorModel();
    int type = model.getTransferType();
    if (model instanceof ComponentColorModel
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)) {
      grey(image.getRaster(), model, data);
    } else {
      colour(image, data);
    }
    return new RgbImage(width, height, data);
  }

  private static void colour(BufferedImage image, byte[] data) {
    int[] row = new int[image.getWidth()];
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        data[to++] = (byte) (pixel >> 16);
        data[to++] = (byte) (pixel >> 8);
        data[to++] = (byte) pixel;
      }
    }
  }

  private static void grey(Raster raster, ColorModel model, byte[] data) {
    int bits = model.getComponentSize(0);
    int most = (1 << bits) - 1;
    int[] row = new int[raster.getWidth()];
    int[] alpha = model.isAlphaPremultiplied() ? new int[row.length] : null;
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, row.length, 1, 0, row);
      if (alpha != null) {
        divide(row, raster.getSamples(0, y, row.length, 1, 1, alpha), model);
      }
      for (int sample : row) {
        int stored = Math.min(sample, most);
        byte value =
            (byte) (bits >= Byte.SIZE ? stored >> (bits - Byte.SIZE) : stored * 255 / most);
        data[to++] = value;
        data[to++] = value;
        data[to++] = value;
      }
    }
  }

  /** By their alpha, to nearest; where that is zero, nothing is left of them. */
  private static void divide(int[] samples, int[] alpha, ColorModel model) {
    long most = (1L << model.getComponentSize(1)) - 1;
    for (int i = 0; i < samples.length; i++) {
      samples[i] = alpha[i] == 0 ? 0 : (int) ((samples[i] * most + alpha[i] / 2) / alpha[i]);
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
