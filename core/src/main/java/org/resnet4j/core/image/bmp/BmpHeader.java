package org.resnet4j.core.image.bmp;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.HeldFile;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A BMP's headers and palette, of the kinds that Pillow reads: OS/2 (12 and 64 bytes), Windows 3, 4
 * and 5 (40, 108, 124).
 *
 * @param bits per pixel
 * @param pixel where a pixel's colours are; null for indices of the palette
 * @param palette 256 colours, R, G, B; where the file has fewer, entry i is the grey i
 * @param start where the pixels begin
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record BmpHeader(
    int width,
    int height,
    boolean topDown,
    int bits,
    int compression,
    @Nullable BmpPixel pixel,
    byte[] palette,
    long start) {
  static final int RAW = 0;
  static final int RLE8 = 1;
  static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  private static final String AS_PNG = "convert it to PNG";
  private static final int FILE_HEADER_BYTES = 14;
  private static final int OS2_BYTES = 12;
  private static final int OS2_2_BYTES = 64;
  private static final int WINDOWS_BYTES = 40;
  private static final int MAX_COLOURS = 256;

  /** From here on a header holds the bit fields; behind shorter ones they follow. */
  private static final int FIELDS_AT = FILE_HEADER_BYTES + WINDOWS_BYTES;

  /** Red, green and blue; alpha follows within longer headers. */
  private static final int FIELDS_BYTES = 12;

  static BmpHeader parse(HeldFile file, DecodeOptions options) throws ImageDecodeException {
    long size = file.u32(FILE_HEADER_BYTES);
    if (size == OS2_BYTES) {
      PixelLimit.check(file.source(), file.u16(18), file.u16(20), options);
      return complete(file, file.u16(18), file.u16(20), false, file.u16(24), RAW, 0);
    }
    if (size != WINDOWS_BYTES && size != OS2_2_BYTES && size != 108 && size != 124) {
      throw file.source().error("its header of %s bytes is not supported".formatted(size), AS_PNG);
    }
    long compression = file.u32(30);
    if (compression > BIT_FIELDS || (compression == BIT_FIELDS && size == OS2_2_BYTES)) {
      throw file.source()
          .error("compression %s of BMP is not supported".formatted(compression), AS_PNG);
    }
    // The sign alone, as Pillow looks at it: no picture is as high as to need more of the byte.
    boolean topDown = file.u8(25) == 0xFF;
    long height = topDown ? (1L << 32) - file.u32(22) : file.u32(22);
    PixelLimit.check(file.source(), file.u32(18), height, options);
    return complete(
        file,
        (int) file.u32(18),
        (int) height,
        topDown,
        file.u16(28),
        (int) compression,
        file.u32(46));
  }

  private static BmpHeader complete(
      HeldFile file, int width, int height, boolean topDown, int bits, int compression, long used)
      throws ImageDecodeException {
    Source source = file.source();
    long size = file.u32(FILE_HEADER_BYTES);
    boolean indexed = bits == 1 || bits == 4 || bits == 8;
    if (!indexed && bits != 16 && bits != 24 && bits != 32) {
      throw source.corrupt(bits + " bits per pixel");
    }
    if ((compression == RLE8 && bits != 8) || (compression == RLE4 && bits != 4)) {
      throw source.corrupt("run lengths for " + bits + " bits per pixel");
    }
    boolean fields = compression == BIT_FIELDS;
    long end = FILE_HEADER_BYTES + size + (fields && size == WINDOWS_BYTES ? FIELDS_BYTES : 0);
    BmpPixel pixel = fields ? ofFields(file, bits) : indexed ? null : BmpPixel.usual(bits);
    byte[] palette = Samples.greyRamp();
    long stated = file.u32(10);
    if (indexed) {
      int entry = size == OS2_BYTES ? 3 : 4;
      long colours = used == 0 ? 1 << bits : used;
      if (colours > MAX_COLOURS) {
        throw source.corrupt(colours + " colours");
      }
      boolean grey = readPalette(file, end, entry, (int) colours, palette);
      checkGrey(source, grey, (int) colours, bits, compression);
      // Some writers leave the palette out of the sum.
      stated += stated == FILE_HEADER_BYTES + size ? 4 * colours : 0;
      end += entry * colours;
    }
    return new BmpHeader(
        width, height, topDown, bits, compression, pixel, palette, stated == 0 ? end : stated);
  }

  private static BmpPixel ofFields(HeldFile file, int bits) throws ImageDecodeException {
    boolean alpha = file.u32(FILE_HEADER_BYTES) > WINDOWS_BYTES;
    BmpPixel pixel =
        BmpPixel.of(
            bits,
            file.u32(FIELDS_AT),
            file.u32(FIELDS_AT + 4),
            file.u32(FIELDS_AT + 8),
            alpha ? file.u32(FIELDS_AT + FIELDS_BYTES) : 0);
    if (pixel == null) {
      throw file.source().error("its bit fields are not supported", AS_PNG);
    }
    return pixel;
  }

  /** Whether the colours are black and white, or each its own index, which Pillow asks. */
  private static boolean readPalette(HeldFile file, long at, int entry, int colours, byte[] palette)
      throws ImageDecodeException {
    boolean grey = true;
    for (int i = 0; i < colours; i++) {
      int expected = colours == 2 ? 255 * i : i;
      for (int c = 0; c < 3; c++) {
        int value = file.u8(at + (long) entry * i + 2 - c);
        palette[3 * i + c] = (byte) value;
        grey &= value == expected;
      }
    }
    return grey;
  }

  /** Pillow takes such pixels for bits or bytes, whatever their size. */
  private static void checkGrey(Source source, boolean grey, int colours, int bits, int compression)
      throws ImageDecodeException {
    boolean sound = colours == 2 ? bits == 1 : bits == 8 || compression != RAW;
    if (grey && !sound) {
      throw source.error(
          "Pillow misreads %s bits per pixel with a palette of %s greys".formatted(bits, colours),
          AS_PNG);
    }
  }
}
