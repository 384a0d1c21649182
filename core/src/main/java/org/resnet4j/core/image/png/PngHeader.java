package org.resnet4j.core.image.png;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A PNG's IHDR chunk.
 *
 * @param bitDepth bits per sample, or per palette index
 * @param interlace 1 for Adam7, else 0
 */
record PngHeader(long width, long height, int bitDepth, Colour colour, int interlace) {
  private static final int SIGNATURE_BYTES = 8;
  private static final int DATA_BYTES = 13;

  /** libpng's own default; beyond it the work for rows exceeds that for pixels. */
  private static final int MAX_EXTENT = 1_000_000;

  /** What the samples of a pixel are. */
  enum Colour {
    GREY(0, 1),
    RGB(2, 3),
    PALETTE(3, 1),
    GREY_ALPHA(4, 2),
    RGBA(6, 4);

    final int number;
    final int samples;

    Colour(int number, int samples) {
      this.number = number;
      this.samples = samples;
    }
  }

  /**
   * Reads the signature, which the caller has seen, and the chunk behind it.
   *
   * @throws ImageDecodeException if it is not there or holds values that PNG does not define
   */
  static PngHeader parse(Source source) throws ImageDecodeException {
    source.skip(SIGNATURE_BYTES);
    long length = source.u32();
    byte[] type = source.bytes(4);
    if (Source.has(type, 0, "CgBI")) {
      throw source.error(
          "it is Apple's own variant of PNG (CgBI), which apps for the iPhone have inside",
          "turn it back into a PNG with pngcrush -revert-iphone-optimizations");
    }
    if (length != DATA_BYTES || !Source.has(type, 0, "IHDR")) {
      throw source.corrupt("it does not begin with IHDR");
    }
    byte[] data = source.bytes(DATA_BYTES);
    CRC32 crc = new CRC32();
    crc.update(type);
    crc.update(data);
    if (crc.getValue() != source.u32()) {
      throw source.corrupt("wrong checksum");
    }
    return parse(ByteBuffer.wrap(data), source);
  }

  private static PngHeader parse(ByteBuffer data, Source source) throws ImageDecodeException {
    long width = Integer.toUnsignedLong(data.getInt());
    long height = Integer.toUnsignedLong(data.getInt());
    int depth = data.get();
    int number = data.get();
    Colour colour =
        switch (number) {
          case 0 -> Colour.GREY;
          case 2 -> Colour.RGB;
          case 3 -> Colour.PALETTE;
          case 4 -> Colour.GREY_ALPHA;
          case 6 -> Colour.RGBA;
          default -> throw source.corrupt("colour type " + (number & 0xFF));
        };
    boolean valid =
        switch (depth) {
          case 1, 2, 4 -> colour == Colour.GREY || colour == Colour.PALETTE;
          case 8 -> true;
          case 16 -> colour != Colour.PALETTE;
          default -> false;
        };
    if (!valid) {
      throw source.corrupt("bit depth " + (depth & 0xFF) + " for colour type " + colour);
    }
    int compression = data.get();
    int filter = data.get();
    int interlace = data.get();
    if (compression != 0 || filter != 0 || interlace < 0 || interlace > 1) {
      throw source.corrupt("a method that PNG does not define");
    }
    return new PngHeader(width, height, depth, colour, interlace);
  }

  /** Refuses a picture by its extents, before anything is allocated for its pixels. */
  void check(Source source, DecodeOptions options) throws ImageDecodeException {
    PixelLimit.check(source, width, height, options);
    if (Math.max(width, height) > MAX_EXTENT) {
      throw source.error(
          "%sx%s pixels: no side may exceed %s".formatted(width, height, MAX_EXTENT), "crop it");
    }
  }

  /** What the samples take without compression, filter types and padding not counted. */
  long sampleBytes() {
    return (width * height * colour.samples * bitDepth + 7) / 8;
  }

  boolean isInterlaced() {
    return interlace == 1;
  }

  List<PngPass> passes() {
    return isInterlaced() ? PngPass.ADAM7 : PngPass.PLAIN;
  }

  /** Whole bytes of a pixel, at least one. */
  int pixelBytes() {
    return Math.max(1, colour.samples * bitDepth / 8);
  }

  /** What a row of so many pixels takes, without its filter's type. */
  int rowBytes(int pixels) {
    return Math.toIntExact(((long) pixels * colour.samples * bitDepth + 7) / 8);
  }

  /** What the rows of all passes take, with their filter's types. */
  long rowsBytes() {
    long bytes = 0;
    for (PngPass pass : passes()) {
      int across = pass.width((int) width);
      bytes += across == 0 ? 0 : pass.height((int) height) * (1L + rowBytes(across));
    }
    return bytes;
  }
}
