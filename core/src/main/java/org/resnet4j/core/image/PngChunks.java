package org.resnet4j.core.image;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/**
 * A PNG's chunks, checked from the signature to IEND.
 *
 * @param pixels the file reduced to what makes pixels: IHDR, PLTE of a palette picture, IDAT, IEND.
 *     Gamma, profiles, transparency and text have no influence on Pillow's RGB and so must have
 *     none on the reader
 * @param palette 256 colours, R, G, B; where the file has fewer, entry i is the grey i, as in
 *     Pillow
 * @param orientation EXIF orientation, 1 to 8; 1 where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record PngChunks(byte[] pixels, byte[] palette, int orientation) {
  private static final int OVERHEAD_BYTES = 12;

  /**
   * Walks the chunks.
   *
   * @throws ImageDecodeException if the file ends before IEND, or a critical chunk is missing,
   *     unknown, or fails its checksum
   */
  static PngChunks parse(Source source, PngHeader header) throws ImageDecodeException {
    Walk walk = new Walk(source, header.colour() == PngHeader.Colour.PALETTE);
    checkSum(source, 8, PngHeader.END);
    walk.keep(0, PngHeader.END);
    int at = PngHeader.END;
    while (!walk.ended) {
      int end = end(source, at);
      if (isCritical(source, at)) {
        checkSum(source, at, end);
      }
      walk.take(at, end);
      at = end;
    }
    if (walk.paletteMissing) {
      throw source.corrupt("PNG", "no palette");
    }
    return new PngChunks(walk.pixels.toByteArray(), walk.palette, walk.orientation);
  }

  /** What the chunks so far have told. */
  private static final class Walk {
    private final Source source;
    private final boolean indexed;
    private final ByteArrayOutputStream pixels;
    private final byte[] palette = greyRamp();
    private boolean paletteMissing;
    private int orientation = 1;
    private boolean ended;

    Walk(Source source, boolean indexed) {
      this.source = source;
      this.indexed = indexed;
      this.paletteMissing = indexed;
      this.pixels = new ByteArrayOutputStream(source.length());
    }

    void keep(int from, int to) {
      pixels.write(source.bytes(), from, to - from);
    }

    void take(int at, int end) throws ImageDecodeException {
      if (source.has(at + 4, "IDAT")) {
        keep(at, end);
      } else if (source.has(at + 4, "PLTE")) {
        if (indexed) {
          int length = Math.min(end - at - OVERHEAD_BYTES, palette.length);
          System.arraycopy(source.bytes(), at + 8, palette, 0, length);
          paletteMissing = false;
          keep(at, end);
        }
      } else if (source.has(at + 4, "eXIf")) {
        orientation = ExifOrientation.parse(source.bytes(), at + 8, end - 4);
      } else if (source.has(at + 4, "IEND")) {
        ended = true;
        keep(at, end);
      } else if (isCritical(source, at)) {
        throw source.corrupt("PNG", "an unknown critical chunk");
      }
    }
  }

  private static int end(Source source, int at) throws ImageDecodeException {
    if (source.length() - at < OVERHEAD_BYTES
        || source.u32(at) > source.length() - at - OVERHEAD_BYTES) {
      throw source.truncated("PNG");
    }
    return at + OVERHEAD_BYTES + (int) source.u32(at);
  }

  /** The case of a type's first letter says whether a reader may pass over the chunk. */
  private static boolean isCritical(Source source, int at) {
    return (source.u8(at + 4) & 0x20) == 0;
  }

  private static void checkSum(Source source, int at, int end) throws ImageDecodeException {
    CRC32 crc = new CRC32();
    crc.update(source.bytes(), at + 4, end - at - 8);
    if (crc.getValue() != source.u32(end - 4)) {
      throw source.corrupt("PNG", "wrong checksum");
    }
  }

  private static byte[] greyRamp() {
    byte[] ramp = new byte[3 * 256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i / 3);
    }
    return ramp;
  }
}
