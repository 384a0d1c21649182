package org.resnet4j.core.image;

import java.awt.image.Raster;
import org.resnet4j.core.image.jpeg.JpegSamples;
import org.resnet4j.core.image.jpeg.SampleRows;
import org.resnet4j.core.image.jpeg.UnusualJpegException;

/**
 * JPEG to RGB: own samples of sound files, the JDK's libjpeg for what may be wrong with the others
 * and for rare kinds; libjpeg's and Pillow's formulas for colour.
 */
final class JpegDecoder {
  private JpegDecoder() {}

  static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    JpegSegments jpeg = JpegSegments.parse(source, options);
    RgbImage image = toRgb(samples(jpeg, source), jpeg.color());
    return options.applyExif() ? ExifOrientation.apply(image, jpeg.orientation()) : image;
  }

  private static SampleRows samples(JpegSegments jpeg, Source source) throws ImageDecodeException {
    try {
      return JpegSamples.decode(jpeg.frame(), jpeg.pixels());
    } catch (UnusualJpegException _) {
      return samplesOfJdk(jpeg, source);
    }
  }

  static SampleRows samplesOfJdk(JpegSegments jpeg, Source source) throws ImageDecodeException {
    Raster raster = JdkReader.JPEG.read(source, jpeg.pixels(), JpegDecoder::isHarmless);
    return new JdkRows(raster, jpeg.frame());
  }

  /**
   * Whether a warning concerns bytes behind the last pixel. The reader reports only the first of
   * its warnings, so that none may pass which others could follow.
   */
  private static boolean isHarmless(String warning) {
    return warning.contains("extraneous bytes before marker 0xd9");
  }

  private static RgbImage toRgb(SampleRows samples, JpegColor color) {
    int width = samples.width();
    int height = samples.height();
    byte[] rgb = new byte[3 * width * height];
    byte[][] rows = new byte[samples.components()][width + 1];
    for (int y = 0; y < height; y++) {
      samples.read(y, rows);
      int at = 3 * width * y;
      switch (color) {
        case GREY -> Samples.replicate(rows[0], 1, rgb, at, width);
        case RGB -> Samples.interleave(rows, rgb, at, width);
        case YCBCR -> YcbcrColor.convert(rows, rgb, at, width);
        case CMYK -> CmykColor.convert(rows, rgb, at, width);
        case YCCK -> CmykColor.convertYcck(rows, rgb, at, width);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
