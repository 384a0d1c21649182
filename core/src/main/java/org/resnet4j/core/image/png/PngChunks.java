package org.resnet4j.core.image.png;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
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

  /** What deflate can do at best: a length of 258 and its distance in two bits. */
  private static final int MAX_EXPANSION = 1032;

  /** For the filter types of each pass's rows, and the compressor's own overhead. */
  private static final int SPARE_BYTES_PER_ROW = 16;

  private static final int SPARE_BYTES = 1 << 20;

  /** Of 256 colours and a part of one more, which is passed over. */
  private static final int MAX_PALETTE_BYTES = 3 * 256 + 2;

  /**
   * Walks the chunks behind {@code header}.
   *
   * @param hints whether the orientation is wanted
   * @throws ImageDecodeException if the file ends before IEND, a critical chunk is missing, unknown
   *     or there twice, one that is used fails its checksum, or the data are interrupted or cannot
   *     be those of that many pixels
   */
  static PngChunks parse(Source source, PngHeader header, boolean hints)
      throws ImageDecodeException {
    PngHints texts = hints ? new PngHints() : null;
    Walk walk = new Walk(source, header, texts);
    while (!walk.ended) {
      walk.takeChunk();
    }
    int orientation = texts == null ? ExifOrientation.UPRIGHT : texts.orientation();
    return new PngChunks(walk.data(), walk.palette, orientation);
  }

  /** What the chunks so far have told. */
  private static final class Walk {
    private final Source source;
    private final PngHeader header;
    private final @Nullable PngHints hints;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final byte[] palette = Samples.greyRamp();
    private boolean paletteSeen;
    private boolean dataSeen;
    private boolean dataEnded;
    private boolean ended;

    Walk(Source source, PngHeader header, @Nullable PngHints hints) {
      this.source = source;
      this.header = header;
      this.hints = hints;
    }

    void takeChunk() throws ImageDecodeException {
      long length = source.u32();
      int type = (int) source.u32();
      dataEnded |= dataSeen && type != IDAT;
      switch (type) {
        case IDAT -> takeData(length);
        case PLTE -> takePalette(length);
        case IEND -> {
          check(type, length, null);
          ended = true;
        }
        default -> {
          if (hints != null && PngHints.may(type)) {
            takeHint(hints, type, length);
            return;
          }
          // The case of a type's first letter says whether a reader may pass over the chunk.
          if ((type & 0x20000000) == 0) {
            throw source.corrupt("an unknown critical chunk");
          }
          source.skip(length + 4);
        }
      }
    }

    private void takeData(long length) throws ImageDecodeException {
      if (isIndexed() && !paletteSeen) {
        throw source.corrupt("no palette");
      }
      if (dataEnded) {
        throw source.corrupt("its data with another chunk in between");
      }
      dataSeen = true;
      long limit = SPARE_BYTES + SPARE_BYTES_PER_ROW * header.height() + 2 * header.sampleBytes();
      if (data.size() + length > limit) {
        throw source.corrupt("more data than its pixels take");
      }
      check(IDAT, length, data);
    }

    private boolean isIndexed() {
      return header.colour() == PngHeader.Colour.PALETTE;
    }

    private void takePalette(long length) throws ImageDecodeException {
      if (!isIndexed()) {
        check(PLTE, length, null); // a suggestion for screens of few colours
        return;
      }
      if (paletteSeen) {
        throw source.corrupt("a second palette");
      }
      if (length > MAX_PALETTE_BYTES) {
        throw source.corrupt("a palette of " + length + " bytes");
      }
      ByteArrayOutputStream colours = new ByteArrayOutputStream(palette.length);
      check(PLTE, length, colours);
      System.arraycopy(colours.toByteArray(), 0, palette, 0, (int) length / 3 * 3);
      paletteSeen = true;
    }

    /** Only what says something has to be sound. */
    private void takeHint(PngHints to, int type, long length) throws ImageDecodeException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      boolean sound = read(type, length, bytes, PngHints.MAX_BYTES);
      if (to.add(type, bytes.toByteArray()) && !sound) {
        throw wrongChecksum();
      }
    }

    /** Reads a chunk's data and checksum, which has to be right. */
    private void check(int type, long length, @Nullable ByteArrayOutputStream kept)
        throws ImageDecodeException {
      if (!read(type, length, kept, Integer.MAX_VALUE)) {
        throw wrongChecksum();
      }
    }

    private ImageDecodeException wrongChecksum() {
      return source.corrupt("wrong checksum");
    }

    /**
     * Reads a chunk's data and checksum, and says whether they fit together.
     *
     * @param most bytes that are kept, or a piece more
     */
    private boolean read(int type, long length, @Nullable ByteArrayOutputStream kept, int most)
        throws ImageDecodeException {
      CRC32 crc = new CRC32();
      crc.update(ByteBuffer.allocate(4).putInt(type).flip());
      for (long left = length; left > 0; ) {
        boolean keeps = kept != null && kept.size() < most;
        left -= source.read(left, keeps ? kept : null, crc);
      }
      return crc.getValue() == source.u32();
    }

    byte[] data() throws ImageDecodeException {
      if (data.size() < header.sampleBytes() / MAX_EXPANSION) {
        throw source.corrupt("too little data for its pixels");
      }
      return data.toByteArray();
    }
  }
}
