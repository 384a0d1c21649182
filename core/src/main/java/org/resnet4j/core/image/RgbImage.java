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
}
