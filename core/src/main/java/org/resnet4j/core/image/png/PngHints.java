package org.resnet4j.core.image.png;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;

/**
 * What a PNG's chunks beside its picture say of its orientation: EXIF in a chunk of its own or, as
 * programs wrote it before there was one, in hexadecimal digits, and XMP. Of several the last
 * counts. They are hints: what cannot be read says nothing.
 *
 * <p>Source: Pillow's {@code PngImagePlugin} and {@code Image.getexif}.
 */
final class PngHints {
  /** More than these of a chunk are not looked at, nor of what it holds compressed. */
  static final int MAX_BYTES = 1 << 20;

  private static final int EXIF = 0x65584966; // eXIf
  private static final int PLAIN = 0x74455874; // tEXt
  private static final int COMPRESSED = 0x7A545874; // zTXt
  private static final int INTERNATIONAL = 0x69545874; // iTXt

  private static final String XMP = "XML:com.adobe.xmp\0";
  private static final String PROFILE = "Raw profile type exif\0";

  /** What EXIF begins with where it is not in a chunk of its own. */
  private static final String PREFIX = "Exif\0\0";

  /** Of a profile's digits: an empty line, its kind and its length. */
  private static final int LINES_BEFORE_DIGITS = 3;

  // As they lie in the file: of many, only the last are ever read.
  private byte @Nullable [] exif;
  private @Nullable Text xmp;
  private @Nullable Text profile;

  /** Whether a chunk of that type can say something. */
  static boolean may(int type) {
    return type == EXIF || type == PLAIN || type == COMPRESSED || type == INTERNATIONAL;
  }

  /** Takes a chunk of such a type, and says whether it is one to be read. */
  boolean add(int type, byte[] bytes) {
    if (type == EXIF) {
      exif = bytes;
    } else if (Source.has(bytes, 0, XMP)) {
      xmp = new Text(type, bytes, XMP.length());
    } else if (Source.has(bytes, 0, PROFILE)) {
      profile = new Text(type, bytes, PROFILE.length());
    } else {
      return false;
    }
    return true;
  }

  /** 1 to 8; 1 where nothing is said. */
  int orientation() {
    byte[] tiff = exif != null ? exif : profile != null ? digits(profile.value()) : new byte[0];
    int from = Source.has(tiff, 0, PREFIX) ? PREFIX.length() : 0;
    int packet = xmp == null ? ExifOrientation.ABSENT : ExifOrientation.parseXmp(xmp.value());
    return ExifOrientation.of(ExifOrientation.parse(tiff, from, tiff.length), packet);
  }

  /** The bytes that a profile's lines spell; none if they spell none. */
  private static byte[] digits(String lines) {
    int at = 0;
    for (int line = 0; line < LINES_BEFORE_DIGITS; line++) {
      at = lines.indexOf('\n', at) + 1;
      if (at == 0) {
        return new byte[0];
      }
    }
    try {
      return HexFormat.of().parseHex(lines.substring(at).replaceAll("\\s", ""));
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  /**
   * A chunk of text.
   *
   * @param from behind its keyword
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier within the class, compared by nobody
  private record Text(int type, byte[] bytes, int from) {
    /** In ISO 8859-1, which is what matters of UTF-8 too; empty if it cannot be read. */
    String value() {
      return switch (type) {
        case PLAIN -> latin1(bytes, from, bytes.length);
        case COMPRESSED -> inflated(from + 1);
        default -> international();
      };
    }

    /** Two bytes say whether and how it is compressed; language and translated keyword follow. */
    private String international() {
      int at = from + 2;
      for (int zeros = 0; zeros < 2 && at < bytes.length; at++) {
        zeros += bytes[at] == 0 ? 1 : 0;
      }
      if (at >= bytes.length) {
        return "";
      }
      return bytes[from] == 0 ? latin1(bytes, at, bytes.length) : inflated(at);
    }

    private String inflated(int at) {
      if (at >= bytes.length) {
        return "";
      }
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(bytes, at, bytes.length - at);
        byte[] text = new byte[MAX_BYTES];
        return latin1(text, 0, inflater.inflate(text));
      } catch (DataFormatException _) {
        return "";
      } finally {
        inflater.end();
      }
    }

    private static String latin1(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
  }
}
