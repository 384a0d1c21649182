package org.resnet4j.core.image.jfif;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A JPEG's segments, checked from the first marker to EOI.
 *
 * @param color what the samples mean
 * @param orientation EXIF orientation, 1 to 8; 1 where there is none
 * @param single whether one scan without restarts has all of a sequential frame, as most have;
 *     libjpeg-turbo passes over much that is wrong at a restart
 * @param pixels the file reduced to what makes samples: an Adobe marker that says they are as
 *     stored, frame, tables, scans, and nothing behind the last of these. Others would cost a
 *     decoder time, and libjpeg's guesses about colour differ from Pillow's
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record JpegSegments(
    FrameHeader frame, JpegColor color, int orientation, boolean single, byte[] pixels) {

  /**
   * Walks the segments.
   *
   * @throws ImageDecodeException if the file ends before EOI, is a kind of JPEG not supported, has
   *     too many pixels, or scans that cost more than {@link ScanBudget} allows
   */
  static JpegSegments parse(Source source, DecodeOptions options) throws ImageDecodeException {
    return new Walk(source, options).parse();
  }

  /** {@link #pixels} for a reader that is to make RGB of a JFIF's colours. */
  byte[] pixelsOfJfif() {
    byte[] copy = pixels.clone();
    copy[Walk.START.length - 1] = 1; // the marker's transform: YCbCr
    return copy;
  }

  /** What the segments so far have told. */
  private static final class Walk {
    private static final int TEM = 0x01;
    private static final int SOF0 = 0xC0;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int SOF15 = 0xCF;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DNL = 0xDC;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;

    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
    private static final int JFIF_BYTES = 14;
    private static final int ADOBE_BYTES = 12;
    private static final byte[] START = {
      -1, (byte) SOI, -1, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final Source source;
    private final DecodeOptions options;
    private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    private final ScanBudget budget;

    /** Of each class (high four bits) and number, whether a Huffman table was seen. */
    private final boolean[] tables = new boolean[256];

    /** Of each component's id, whether a scan has had its first coefficients. */
    private final boolean[] begun = new boolean[256];

    private @Nullable FrameHeader frame;
    private int lastScanned;
    private int endOfScans;
    private boolean restarts;
    private boolean jfif;
    private int adobeTransform = -1;
    private boolean exifSeen;
    private int exif = ExifOrientation.ABSENT;
    private int xmp = ExifOrientation.ABSENT;

    Walk(Source source, DecodeOptions options) {
      this.source = source;
      this.options = options;
      this.budget = new ScanBudget(source);
    }

    JpegSegments parse() throws ImageDecodeException {
      pixels.writeBytes(START);
      source.skip(2);
      int marker = nextMarker();
      while (marker != EOI) {
        marker = marker == SOS ? scan() : segment(marker);
      }
      FrameHeader known = frame;
      if (known == null || budget.scans() == 0) {
        throw source.corrupt("no scan in it");
      }
      return new JpegSegments(
          known, color(known), ExifOrientation.of(exif, xmp), isSingle(known), scans());
    }

    private byte[] scans() {
      pixels.write(0xFF);
      pixels.write(EOI);
      byte[] all = pixels.toByteArray();
      int length = endOfScans + 2;
      if (length == all.length) {
        return all;
      }
      byte[] scans = Arrays.copyOf(all, length);
      scans[length - 2] = (byte) 0xFF;
      scans[length - 1] = (byte) EOI;
      return scans;
    }

    private boolean isSingle(FrameHeader frame) {
      return !frame.isProgressive()
          && budget.scans() == 1
          && lastScanned == frame.components()
          && !restarts;
    }

    private JpegColor color(FrameHeader frame) {
      int components = frame.components();
      int ids = components < 3 ? 0 : frame.id(0) << 16 | frame.id(1) << 8 | frame.id(2);
      return JpegColor.of(components, jfif, adobeTransform, ids);
    }

    /** Stray bytes and any number of 0xFF may precede a marker; cameras write such. */
    private int nextMarker() throws ImageDecodeException {
      int value = source.u8();
      while (value != 0xFF) {
        value = source.u8();
      }
      return codeAfterFill();
    }

    private int codeAfterFill() throws ImageDecodeException {
      int code = source.u8();
      while (code == 0xFF) {
        code = source.u8();
      }
      return code;
    }

    /** Takes or passes over what {@code marker} begins and returns the next marker. */
    private int segment(int marker) throws ImageDecodeException {
      if (marker == 0 || marker == TEM || isRestart(marker)) {
        return nextMarker();
      }
      if (!isKnown(marker)) {
        throw source.corrupt(String.format(Locale.ROOT, "marker 0x%02X", marker));
      }
      int length = Math.max(source.u16() - 2, 0);
      if (isFrame(marker)) {
        takeFrame(marker, source.bytes(length));
      } else if (marker == DQT || marker == DHT || marker == DRI) {
        byte[] data = source.bytes(length);
        keep(marker, data);
        if (marker == DHT) {
          noteTables(data);
        }
        restarts |= marker == DRI && (data.length != 2 || data[0] != 0 || data[1] != 0);
      } else if (marker == APP0 || marker == APP1 || marker == APP14) {
        look(marker, source.bytes(length));
      } else {
        source.skip(length);
      }
      return nextMarker();
    }

    private static boolean isRestart(int marker) {
      return marker >= RST0 && marker <= RST7;
    }

    private static boolean isFrame(int marker) {
      return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
    }

    private static boolean isKnown(int marker) {
      return switch (marker) {
        case DHT, DAC, DQT, DNL, DRI, COM -> true;
        default -> isFrame(marker) || (marker >= APP0 && marker <= APP15);
      };
    }

    private void takeFrame(int marker, byte[] data) throws ImageDecodeException {
      if (frame != null) {
        throw source.corrupt("two frame headers");
      }
      FrameHeader parsed = JpegFrame.parse(marker - SOF0, data, source);
      PixelLimit.check(source, parsed.width(), parsed.height(), options);
      JpegFrame.requireDecodable(parsed, source);
      keep(marker, data);
      frame = parsed;
    }

    private void look(int marker, byte[] data) {
      if (marker == APP0 && data.length >= JFIF_BYTES && Source.has(data, 0, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP14 && data.length >= ADOBE_BYTES && Source.has(data, 0, "Adobe")) {
        adobeTransform = data[11] & 0xFF;
      } else if (marker == APP1 && !exifSeen && Source.has(data, 0, "Exif\0")) {
        exifSeen = true;
        exif = ExifOrientation.parse(data, Math.min(6, data.length), data.length);
      } else if (marker == APP1 && Source.has(data, 0, XMP)) {
        xmp = ExifOrientation.parseXmp(new String(data, StandardCharsets.ISO_8859_1));
      }
    }

    private void keep(int marker, byte[] data) throws ImageDecodeException {
      pixels.write(0xFF);
      pixels.write(marker);
      pixels.write((data.length + 2) >> 8);
      pixels.write(data.length + 2);
      pixels.writeBytes(data);
      budget.checkBytes(pixels.size(), frame);
    }

    /** Keeps a scan, as far as the next marker, which is returned. */
    private int scan() throws ImageDecodeException {
      byte[] header = source.bytes(Math.max(source.u16() - 2, 0));
      FrameHeader known = frame;
      if (known == null) {
        throw source.corrupt("no frame header");
      }
      int components = header.length == 0 ? 0 : header[0];
      if (components < 1 || components > 4 || header.length != 4 + 2 * components) {
        throw source.corrupt("a scan header of wrong length");
      }
      budget.checkScan(pixels.size(), known);
      if (!known.isProgressive()) {
        // Of a sequential frame a scan has always all of a block: libjpeg warns of else, no more.
        header[1 + 2 * components] = 0;
        header[2 + 2 * components] = 63;
        header[3 + 2 * components] = 0;
        if (budget.scans() == 1) {
          keepUsualTables();
        }
      }
      keep(SOS, header);
      int start = pixels.size();
      int marker = copyCodedData();
      endOfScans = pixels.size();
      byte[] ids = new byte[components];
      for (int i = 0; i < components; i++) {
        ids[i] = header[1 + 2 * i];
      }
      lastScanned = components;
      boolean firstCoefficient = header[1 + 2 * components] == 0;
      checkBegun(ids, firstCoefficient);
      // Each block's first coefficient takes a bit at least; of others, many blocks may share one.
      if (firstCoefficient && JpegFrame.blocks(known, ids, source) > 8L * (pixels.size() - start)) {
        throw source.truncated();
      }
      return marker;
    }

    /**
     * Without its first coefficients a component is nothing, however large its header says it is.
     */
    private void checkBegun(byte[] ids, boolean firstCoefficient) throws ImageDecodeException {
      for (byte id : ids) {
        begun[id & 0xFF] |= firstCoefficient;
        if (!begun[id & 0xFF]) {
          throw source.corrupt("a component that begins with a later scan");
        }
      }
    }

    /** Films leave out Huffman tables that are the standard's, and libjpeg knows them. */
    private void keepUsualTables() throws ImageDecodeException {
      for (UsualTable table : UsualTable.values()) {
        if (!tables[table.id()]) {
          keep(DHT, table.segment());
        }
      }
    }

    /**
     * Notes which Huffman tables a segment defines: of each a class and number, 16 counts, values.
     */
    private void noteTables(byte[] data) {
      int at = 0;
      while (at + 17 <= data.length) {
        tables[data[at] & 0xFF] = true;
        int values = 0;
        for (int i = 1; i <= 16; i++) {
          values += data[at + i] & 0xFF;
        }
        at += 17 + values;
      }
    }

    /** Zero-stuffed bytes and restart markers; any other marker ends them. */
    private int copyCodedData() throws ImageDecodeException {
      while (true) {
        boolean found = source.copyUntil(0xFF, pixels);
        budget.checkBytes(pixels.size(), frame);
        if (!found) {
          continue;
        }
        int code = codeAfterFill();
        if (code != 0 && !isRestart(code)) {
          return code;
        }
        pixels.write(0xFF);
        pixels.write(code);
      }
    }
  }
}
