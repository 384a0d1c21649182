package org.resnet4j.core.image.png;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;

/**
 * A PNG's chunks, checked from IHDR to IEND.
 *
 * @param data of all IDAT chunks. Gamma, profiles, transparency and text have no influence on
 *     Pillow's RGB
 * @param palette 256 colours, R, G, B; where the file has fewer, entry i is the grey i, as in
 *     Pillow
 * @param orientation EXIF orientation, 1 to 8; 1 where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record PngChunks(byte[] data, byte[] palette, int orientation) {
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int PLTE = 0x504C5445;
  private static final int EXIF = 0x65584966;
  private static final int TEXT = 0x69545874; // iTXt
  private static final String XMP = "XML:com.adobe.xmp\0";

  /** What deflate can do at best: a length of 258 and its distance in two bits. */
  private static final int MAX_EXPANSION = 1032;

  /** For the filter types of each pass's rows, and the compressor's own overhead. */
  private static final int SPARE_BYTES_PER_ROW = 16;

  private static final int SPARE_BYTES = 1 << 20;

  private static final int MAX_EXIF_BYTES = 1 << 16;
  private static final int MAX_XMP_BYTES = 1 << 20;

  /** Of 256 colours and a part of one more, which is passed over. */
  private static final int MAX_PALETTE_BYTES = 3 * 256 + 2;

  /**
   * Walks the chunks behind {@code header}.
   *
   * @param hints whether the orientation is wanted
   * @throws ImageDecodeException if the file ends before IEND, a critical chunk is missing, unknown
   *     or fails its checksum, or the data cannot be those of that many pixels
   */
  static PngChunks parse(Source source, PngHeader header, boolean hints)
      throws ImageDecodeException {
    Walk walk = new Walk(source, header, hints);
    while (!walk.ended) {
      walk.takeChunk();
    }
    return new PngChunks(walk.data(), walk.palette, ExifOrientation.of(walk.exif, walk.xmp));
  }

  /** What the chunks so far have told. */
  private static final class Walk {
    private final Source source;
    private final PngHeader header;
    private final boolean hints;
    private boolean xmpSeen;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final byte[] palette = Samples.greyRamp();
    private boolean paletteMissing;
    private int exif = ExifOrientation.ABSENT;
    private int xmp = ExifOrientation.ABSENT;
    private boolean ended;

    Walk(Source source, PngHeader header, boolean hints) {
      this.hints = hints;
      this.source = source;
      this.header = header;
      this.paletteMissing = header.colour() == PngHeader.Colour.PALETTE;
    }

    void takeChunk() throws ImageDecodeException {
      long length = source.u32();
      int type = (int) source.u32();
      switch (type) {
        case IDAT -> takeData(length);
        case PLTE -> takePalette(length);
        case EXIF -> takeExif(length);
        case TEXT -> takeText(length);
        case IEND -> {
          checked(type, length, null);
          ended = true;
        }
        default -> {
          // The case of a type's first letter says whether a reader may pass over the chunk.
          if ((type & 0x20000000) == 0) {
            throw source.corrupt("an unknown critical chunk");
          }
          source.skip(length + 4);
        }
      }
    }

    private void takeData(long length) throws ImageDecodeException {
      if (paletteMissing) {
        throw source.corrupt("no palette");
      }
      long limit = SPARE_BYTES + SPARE_BYTES_PER_ROW * header.height() + 2 * header.sampleBytes();
      if (data.size() + length > limit) {
        throw source.corrupt("more data than its pixels take");
      }
      checked(IDAT, length, data);
    }

    private void takePalette(long length) throws ImageDecodeException {
      if (header.colour() != PngHeader.Colour.PALETTE) {
        checked(PLTE, length, null); // a suggestion for screens of few colours
        return;
      }
      if (length > MAX_PALETTE_BYTES) {
        throw source.corrupt("a palette of " + length + " bytes");
      }
      ByteArrayOutputStream colours = new ByteArrayOutputStream(palette.length);
      checked(PLTE, length, colours);
      System.arraycopy(colours.toByteArray(), 0, palette, 0, (int) length / 3 * 3);
      paletteMissing = false;
    }

    private void takeExif(long length) throws ImageDecodeException {
      byte[] bytes = beginning(length, MAX_EXIF_BYTES);
      exif = ExifOrientation.parse(bytes, 0, bytes.length);
    }

    /** Of the texts that a picture may have, one is its XMP packet. */
    private void takeText(long length) throws ImageDecodeException {
      if (!hints || xmpSeen) {
        source.skip(length + 4);
        return;
      }
      byte[] bytes = beginning(length, MAX_XMP_BYTES);
      int flag = XMP.length();
      if (Source.has(bytes, 0, XMP) && bytes.length > flag) {
        xmpSeen = true;
        xmp =
            ExifOrientation.parseXmp(
                bytes[flag] == 0
                    ? new String(bytes, StandardCharsets.ISO_8859_1)
                    : inflated(bytes, flag + 2));
      }
    }

    /** What follows the two zeros that end a language and a translated keyword. */
    private static String inflated(byte[] bytes, int from) {
      int at = from;
      for (int zeros = 0; zeros < 2 && at < bytes.length; at++) {
        zeros += bytes[at] == 0 ? 1 : 0;
      }
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(bytes, at, bytes.length - at);
        byte[] text = new byte[MAX_XMP_BYTES];
        return new String(text, 0, inflater.inflate(text), StandardCharsets.ISO_8859_1);
      } catch (DataFormatException _) {
        return ""; // a hint, as EXIF is
      } finally {
        inflater.end();
      }
    }

    /** The first bytes of a chunk, which is passed over with its checksum. */
    private byte[] beginning(long length, int most) throws ImageDecodeException {
      byte[] bytes = source.bytes((int) Math.min(length, most));
      source.skip(length - bytes.length + 4);
      return bytes;
    }

    /** Reads a chunk's data and checksum. */
    private void checked(int type, long length, @Nullable ByteArrayOutputStream kept)
        throws ImageDecodeException {
      CRC32 crc = new CRC32();
      crc.update(ByteBuffer.allocate(4).putInt(type).flip());
      for (long left = length; left > 0; ) {
        left -= source.read(left, kept, crc);
      }
      if (crc.getValue() != source.u32()) {
        throw source.corrupt("wrong checksum");
      }
    }

    byte[] data() throws ImageDecodeException {
      if (data.size() < header.sampleBytes() / MAX_EXPANSION) {
        throw source.corrupt("too little data for its pixels");
      }
      return data.toByteArray();
    }
  }
}
