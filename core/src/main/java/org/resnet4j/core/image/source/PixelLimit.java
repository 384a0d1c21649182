package org.resnet4j.core.image.source;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;

/** How large a picture and its file may be. */
public final class PixelLimit {
  /** The most a pixel takes uncompressed, 16-bit RGBA. A file much larger holds something else. */
  private static final long MAX_BYTES_PER_PIXEL = 8;

  private static final long METADATA_BYTES = 64L << 20;

  private PixelLimit() {}

  /** Refuses a picture by its header, before anything is allocated for its pixels. */
  public static void check(Source source, long width, long height, DecodeOptions options)
      throws ImageDecodeException {
    if (width < 1 || height < 1) {
      throw source.corrupt(width + "x" + height + " pixels");
    }
    // The RGB bytes must fit one array, whatever the option says.
    long limit = Math.min(options.maxPixels(), (Integer.MAX_VALUE - 8) / 3);
    if (height > limit / width) {
      throw source.error(
          "%sx%s pixels are more than the limit of %s".formatted(width, height, limit),
          limit < options.maxPixels()
              ? "scale it down"
              : "scale it down or raise the limit (maxPixels)");
    }
  }

  /** What a picture file may have at most. */
  public static long maxBytes(DecodeOptions options) {
    return METADATA_BYTES + MAX_BYTES_PER_PIXEL * Math.min(options.maxPixels(), 1L << 40);
  }
}
