package org.resnet4j.core.image.png;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;

/** PNG to RGB: the JDK's reader for the samples, Pillow's rules for what they mean. */
public final class PngDecoder {
  private PngDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    PngHeader header = PngHeader.parse(source);
    header.check(source, options);
    PngChunks chunks = PngChunks.parse(source, header, options.applyExif());
    Raster raster = JdkPngReader.read(source, chunks.pixels());
    RgbImage image = toRgb(raster, header, chunks.palette());
    return options.applyExif() ? ExifOrientation.apply(image, chunks.orientation()) : image;
  }

  private static RgbImage toRgb(Raster raster, PngHeader header, byte[] palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * height];
    byte[] row = new byte[width * bands];
    short[] deepRow = new short[header.bitDepth() == 16 ? row.length : 0];
    int greyStep = 255 / ((1 << Math.min(header.bitDepth(), 8)) - 1);
    for (int y = 0; y < height; y++) {
      if (raster.getTransferType() == DataBuffer.TYPE_USHORT) {
        raster.getDataElements(0, y, width, 1, deepRow);
        highBytes(deepRow, row);
      } else {
        raster.getDataElements(0, y, width, 1, row);
      }
      int at = 3 * width * y;
      switch (header.colour()) {
        case GREY -> {
          multiply(row, greyStep);
          Samples.replicate(row, bands, rgb, at, width);
        }
        case GREY_ALPHA -> Samples.replicate(row, bands, rgb, at, width);
        case PALETTE -> Samples.lookUp(row, palette, rgb, at, width);
        case RGB, RGBA -> Samples.firstThree(row, bands, rgb, at, width);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static void highBytes(short[] from, byte[] to) {
    for (int i = 0; i < from.length; i++) {
      to[i] = (byte) (from[i] >> 8);
    }
  }

  private static void multiply(byte[] row, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] = (byte) (row[i] * factor);
    }
  }
}
