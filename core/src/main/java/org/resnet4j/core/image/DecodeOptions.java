package org.resnet4j.core.image;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a decoder accepts and does beyond decoding.
 *
 * @param maxPixels {@code width * height} above which a picture is refused by its header, before
 *     memory is taken for it; at least 1
 * @param applyExif whether the picture is turned upright by its EXIF orientation, as Pillow's
 *     {@code ImageOps.exif_transpose} does; torchvision's loaders do not
 * @param jpegCodec what makes pixels of JPEGs
 */
public record DecodeOptions(long maxPixels, boolean applyExif, JpegCodec jpegCodec)
    implements Serializable {
  /** 50 million pixels, orientation not applied: torchvision's pixels for every ordinary photo. */
  public static final DecodeOptions DEFAULT = new DecodeOptions(50_000_000, false, JpegCodec.AUTO);

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if {@code maxPixels} is less than 1
   */
  public DecodeOptions {
    if (maxPixels < 1) {
      throw new IllegalArgumentException("maxPixels must be at least 1, got " + maxPixels);
    }
    Objects.requireNonNull(jpegCodec, "jpegCodec");
  }

  /** These options with another pixel limit. */
  public DecodeOptions withMaxPixels(long pixels) {
    return new DecodeOptions(pixels, applyExif, jpegCodec);
  }

  /** These options, with or without the EXIF orientation. */
  public DecodeOptions withApplyExif(boolean apply) {
    return new DecodeOptions(maxPixels, apply, jpegCodec);
  }

  /** These options, with JPEGs decoded by {@code codec}. */
  public DecodeOptions withJpegCodec(JpegCodec codec) {
    return new DecodeOptions(maxPixels, applyExif, codec);
  }
}
