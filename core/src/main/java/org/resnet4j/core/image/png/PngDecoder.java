package org.resnet4j.core.image.png;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;

/** PNG to RGB, by Pillow's rules for what samples mean. */
public final class PngDecoder {
  private final PngHeader header;
  private final byte[] palette;
  private final byte[] rgb;

  // Of one row.
  private final byte[] samples;
  private final byte[] pixels;

  private PngDecoder(PngHeader header, byte[] palette) {
    int width = (int) header.width();
    this.header = header;
    this.palette = palette;
    this.rgb = new byte[3 * width * (int) header.height()];
    this.samples = new byte[width * header.colour().samples];
    this.pixels = new byte[header.isInterlaced() ? 3 * width : 0];
  }

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    PngHeader header = PngHeader.parse(source);
    header.check(source, options);
    PngChunks chunks = PngChunks.parse(source, header, options.applyExif());
    RgbImage image = new PngDecoder(header, chunks.palette()).decode(source, chunks.data());
    return options.applyExif() ? ExifOrientation.apply(image, chunks.orientation()) : image;
  }

  private RgbImage decode(Source source, byte[] data) throws ImageDecodeException {
    try (PngRows rows = new PngRows(source, data, header.pixelBytes(), header.rowsBytes())) {
      for (PngPass pass : header.passes()) {
        decode(rows, pass);
      }
    }
    return new RgbImage((int) header.width(), (int) header.height(), rgb);
  }

  private void decode(PngRows rows, PngPass pass) throws ImageDecodeException {
    int width = pass.width((int) header.width());
    int height = width == 0 ? 0 : pass.height((int) header.height());
    rows.begin(header.rowBytes(width));
    for (int i = 0; i < height; i++) {
      unpack(rows.next(), rows.first(), width * header.colour().samples);
      int row = 3 * (int) header.width() * (pass.top() + i * pass.down());
      if (pass.across() == 1) {
        convert(rgb, row + 3 * pass.left(), width);
      } else {
        convert(pixels, 0, width);
        spread(row + 3 * pass.left(), 3 * pass.across(), width);
      }
    }
  }

  /** A row's samples, a byte each. Of 16 bits the high ones count. */
  private void unpack(byte[] row, int from, int count) {
    if (header.bitDepth() == 16) {
      for (int i = 0; i < count; i++) {
        samples[i] = row[from + 2 * i];
      }
      return;
    }
    Samples.unpack(row, from, header.bitDepth(), samples, count);
    if (header.colour() == PngHeader.Colour.GREY && header.bitDepth() < 8) {
      int step = 255 / ((1 << header.bitDepth()) - 1);
      for (int i = 0; i < count; i++) {
        samples[i] = (byte) (samples[i] * step);
      }
    }
  }

  private void convert(byte[] to, int at, int width) {
    int bands = header.colour().samples;
    switch (header.colour()) {
      case GREY, GREY_ALPHA -> Samples.replicate(samples, bands, to, at, width);
      case PALETTE -> Samples.lookUp(samples, palette, to, at, width);
      case RGB, RGBA -> Samples.firstThree(samples, bands, to, at, width);
    }
  }

  /** A pass's pixels to where they are in the picture's row. */
  private void spread(int at, int step, int width) {
    for (int x = 0; x < width; x++) {
      rgb[at + x * step] = pixels[3 * x];
      rgb[at + x * step + 1] = pixels[3 * x + 1];
      rgb[at + x * step + 2] = pixels[3 * x + 2];
    }
  }
}
