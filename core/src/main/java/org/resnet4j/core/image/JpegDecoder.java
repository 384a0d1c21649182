package org.resnet4j.core.image;

import java.awt.image.Raster;

/** JPEG to RGB: the JDK's libjpeg for the samples, libjpeg's and Pillow's formulas for colour. */
final class JpegDecoder {
  private JpegDecoder() {}

  static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    JpegHeader header = JpegHeader.parse(source);
    ImageDecoder.checkPixels(source, header.width(), header.height(), options);
    Raster raster = JdkReader.JPEG.read(source, source.bytes(), JpegDecoder::isHarmless);
    if (raster.getWidth() != header.width()
        || raster.getHeight() != header.height()
        || raster.getNumBands() != header.color().components()) {
      throw source.corrupt("JPEG", "contradictory frame headers");
    }
    RgbImage image = toRgb(raster, header);
    return options.applyExif() ? ExifOrientation.apply(image, header.orientation()) : image;
  }

  /** libjpeg's warnings that concern bytes outside the coded picture; cameras cause them. */
  private static boolean isHarmless(String warning) {
    return warning.contains("extraneous bytes before marker")
        || warning.contains("Adobe color transform")
        || warning.contains("JFIF revision")
        || warning.contains("JFIF major revision");
  }

  private static RgbImage toRgb(Raster raster, JpegHeader header) {
    int width = header.width();
    int height = header.height();
    byte[] rgb = new byte[3 * width * height];
    byte[] row = new byte[width * header.color().components()];
    TallChroma chroma = header.chromaHalvedInHeightOnly() ? new TallChroma(raster) : null;
    for (int y = 0; y < height; y++) {
      raster.getDataElements(0, y, width, 1, row);
      if (chroma != null) {
        chroma.smooth(row, y);
      }
      int at = 3 * width * y;
      switch (header.color()) {
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
