package org.resnet4j.core.image.sample;

/**
 * Pillow's CMYK to RGB, without a profile: {@code R = W - (255 - c) * W / 255} and so on.
 *
 * <p>The samples are taken as Adobe writes them, inverted: {@code c, m, y} are 255 where there is
 * no ink, and {@code W}, the stored black sample, is 255 where there is no black. The quotient is
 * rounded to nearest.
 */
public final class CmykColor {
  private CmykColor() {}

  /** {@code width} pixels of rows C, M, Y, K, inverted, to R, G, B. */
  public static void convert(byte[][] cmyk, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      int white = cmyk[3][x] & 0xFF;
      for (int c = 0; c < 3; c++) {
        rgb[at + 3 * x + c] = (byte) (white - scaled(255 - (cmyk[c][x] & 0xFF), white));
      }
    }
  }

  /** {@code width} pixels C, M, Y, K, interleaved and not inverted, to R, G, B. */
  public static void convertInks(byte[] inks, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      int white = 255 - (inks[4 * x + 3] & 0xFF);
      for (int c = 0; c < 3; c++) {
        rgb[at + 3 * x + c] = (byte) (white - scaled(inks[4 * x + c] & 0xFF, white));
      }
    }
  }

  /**
   * {@code width} pixels of rows Y, Cb, Cr, K to R, G, B; Y, Cb, Cr code the complement of the ink.
   */
  public static void convertYcck(byte[][] ycck, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      int luma = ycck[0][x] & 0xFF;
      int cb = (ycck[1][x] & 0xFF) - 128;
      int cr = (ycck[2][x] & 0xFF) - 128;
      int white = ycck[3][x] & 0xFF;
      rgb[at + 3 * x] = (byte) (white - scaled(YcbcrColor.red(luma, cr), white));
      rgb[at + 3 * x + 1] = (byte) (white - scaled(YcbcrColor.green(luma, cb, cr), white));
      rgb[at + 3 * x + 2] = (byte) (white - scaled(YcbcrColor.blue(luma, cb), white));
    }
  }

  /** {@code a * b / 255}, rounded to nearest, for bytes. */
  private static int scaled(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }
}
