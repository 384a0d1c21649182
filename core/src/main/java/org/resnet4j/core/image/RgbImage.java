package org.resnet4j.core.image;

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

  private static final int RED = 19_595;
  private static final int GREEN = 38_470;
  private static final int BLUE = 7_471;
  private static final int LUMA_BITS = 16;

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
