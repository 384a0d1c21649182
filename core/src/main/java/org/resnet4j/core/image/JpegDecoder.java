package org.resnet4j.core.image;

import java.awt.image.Raster;

/** JPEG to RGB: the JDK's libjpeg for the samples, libjpeg's and Pillow's formulas for colour. */
final class JpegDecoder {
  private JpegDecoder() {}

  static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    JpegSegments jpeg = JpegSegments.parse(source, options);
    Raster raster = JdkReader.JPEG.read(source, jpeg.pixels(), JpegDecoder::isHarmless);
    RgbImage image = toRgb(raster, jpeg);
    return options.applyExif() ? ExifOrientation.apply(image, jpeg.orientation()) : image;
  }

  /**
   * Whether a warning concerns bytes behind the last pixel. The reader reports only the first of
   * its warnings, so that none may pass which others could follow.
   */
  private static boolean isHarmless(String warning) {
    return warning.contains("extraneous bytes before marker 0xd9");
  }

  private static RgbImage toRgb(Raster raster, JpegSegments jpeg) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[3 * width * height];
    byte[] row = new byte[width * raster.getNumBands()];
    TallChroma chroma = jpeg.frame().chromaHalvedInHeightOnly() ? new TallChroma(raster) : null;
    for (int y = 0; y < height; y++) {
      raster.getDataElements(0, y, width, 1, row);
      if (chroma != null) {
        chroma.smooth(row, y);
      }
      int at = 3 * width * y;
      switch (jpeg.color()) {
        case GREY -> Samples.replicate(row, 1, rgb, at, width);
        case RGB -> System.arraycopy(row, 0, rgb, at, row.length);
        case YCBCR -> YcbcrColor.convert(row, rgb, at, width);
        case CMYK -> CmykColor.convert(row, rgb, at, width);
        case YCCK -> CmykColor.convertYcck(row, rgb, at, width);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
