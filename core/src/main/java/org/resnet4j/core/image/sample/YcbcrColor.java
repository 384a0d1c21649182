package org.resnet4j.core.image.sample;

/**
 * JFIF's YCbCr to RGB in libjpeg's 16-bit fixed point (jdcolor.c):
 *
 * <pre>
 * R = Y + 1.40200 Cr     G = Y - 0.34414 Cb - 0.71414 Cr     B = Y + 1.77200 Cb
 * </pre>
 *
 * with Cb and Cr centred on 128, each product sum rounded to nearest, the result clamped to a byte.
 */
public final class YcbcrColor {
  private static final int FRACTION_BITS = 16;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final int CR_TO_R = fixed(1.40200);
  private static final int CB_TO_G = fixed(0.34414);
  private static final int CR_TO_G = fixed(0.71414);
  private static final int CB_TO_B = fixed(1.77200);

  private YcbcrColor() {}

  /** {@code width} pixels of rows Y, Cb, Cr to R, G, B. */
  public static void convert(byte[][] ycc, byte[] rgb, int at, int width) {
    byte[] lumas = ycc[0];
    byte[] cbs = ycc[1];
    byte[] crs = ycc[2];
    for (int x = 0; x < width; x++) {
      int luma = lumas[x] & 0xFF;
      int cb = (cbs[x] & 0xFF) - 128;
      int cr = (crs[x] & 0xFF) - 128;
      rgb[at + 3 * x] = (byte) red(luma, cr);
      rgb[at + 3 * x + 1] = (byte) green(luma, cb, cr);
      rgb[at + 3 * x + 2] = (byte) blue(luma, cb);
    }
  }

  static int red(int luma, int cr) {
    return Samples.clamp(luma + ((CR_TO_R * cr + HALF) >> FRACTION_BITS));
  }

  static int green(int luma, int cb, int cr) {
    return Samples.clamp(luma + ((HALF - CB_TO_G * cb - CR_TO_G * cr) >> FRACTION_BITS));
  }

  static int blue(int luma, int cb) {
    return Samples.clamp(luma + ((CB_TO_B * cb + HALF) >> FRACTION_BITS));
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << FRACTION_BITS) + 0.5);
  }
}
