package org.resnet4j.core.image.jfif;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.jpeg.JpegFaultException;
import org.resnet4j.core.image.jpeg.JpegSamples;
import org.resnet4j.core.image.sample.CmykColor;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.sample.YcbcrColor;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;
import org.resnet4j.core.image.system.LibTurboJpeg;
import org.resnet4j.core.image.system.NoLibraryException;

/**
 * JPEG to RGB by libjpeg's and Pillow's formulas for colour. The system's libjpeg-turbo gives the
 * same pixels of the usual kind, if nothing is wrong with them.
 *
 * <p>Not by the JDK's reader: when libjpeg warns of a damaged file, that makes a string while it
 * holds arrays that the collector waits for, and if the heap is full, the process hangs (JDK 25).
 */
public final class JpegDecoder {
  /** What a library takes of memory beside the heap is bounded so. */
  private static final int MAX_TURBO_PIXELS = 24_000_000;

  private JpegDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    JpegSegments jpeg = JpegSegments.parse(source, options);
    byte[] rgb = byTurbo(jpeg, library(source, options));
    RgbImage image =
        rgb == null
            ? toRgb(samples(jpeg, source), jpeg.color())
            : new RgbImage(jpeg.frame().width(), jpeg.frame().height(), rgb);
    return options.applyExif() ? ExifOrientation.apply(image, jpeg.orientation()) : image;
  }

  private static @Nullable LibTurboJpeg library(Source source, DecodeOptions options)
      throws ImageDecodeException {
    try {
      return CodecLibrary.of(options.jpegCodec());
    } catch (NoLibraryException e) {
      throw source.error(String.valueOf(e.getMessage()), e.remedy(), e);
    }
  }

  /** Null if it is of a rarer kind, or the library finds anything wrong. */
  static byte @Nullable [] byTurbo(JpegSegments jpeg, @Nullable LibTurboJpeg library) {
    FrameHeader frame = jpeg.frame();
    boolean usual =
        jpeg.single()
            && (jpeg.color() == JpegColor.GREY
                || (jpeg.color() == JpegColor.YCBCR && frame.hasUsualChroma()))
            && frame.width() * (long) frame.height() <= MAX_TURBO_PIXELS;
    if (library == null || !usual) {
      return null;
    }
    try {
      return library.decode(jpeg.pixelsOfJfif(), frame.width(), frame.height());
    } catch (OutOfMemoryError _) {
      return null; // of the memory beside the heap
    }
  }

  private static JpegSamples samples(JpegSegments jpeg, Source source) throws ImageDecodeException {
    try {
      return JpegSamples.decode(jpeg.frame(), jpeg.pixels());
    } catch (JpegFaultException e) {
      throw source.corrupt(String.valueOf(e.getMessage()));
    }
  }

  private static RgbImage toRgb(JpegSamples samples, JpegColor color) {
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
