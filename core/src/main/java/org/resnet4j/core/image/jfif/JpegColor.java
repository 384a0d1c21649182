package org.resnet4j.core.image.jfif;

/** How a JPEG's components are to be understood. */
enum JpegColor {
  GREY,
  YCBCR,
  RGB,
  CMYK,
  YCCK;

  private static final int NO_ADOBE_MARKER = -1;
  private static final int RGB_IDS = 'R' << 16 | 'G' << 8 | 'B';

  /**
   * libjpeg's rule ({@code default_decompress_parms} in jdapimin.c).
   *
   * @param adobeTransform of the APP14 marker, or -1 without one
   * @param ids the first three component ids, as one number
   */
  static JpegColor of(int components, boolean jfif, int adobeTransform, int ids) {
    return switch (components) {
      case 1 -> GREY;
      case 3 -> {
        if (jfif) {
          yield YCBCR;
        }
        boolean rgb = adobeTransform == NO_ADOBE_MARKER ? ids == RGB_IDS : adobeTransform == 0;
        yield rgb ? RGB : YCBCR;
      }
      case 4 -> adobeTransform == NO_ADOBE_MARKER || adobeTransform == 0 ? CMYK : YCCK;
      default -> throw new IllegalArgumentException(components + " components");
    };
  }
}
