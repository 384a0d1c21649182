package org.resnet4j.core.image.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What a file is, by its first bytes; never by its name. */
public enum ImageFormat {
  JPEG("JPEG"),
  PNG("PNG"),
  GIF("GIF"),
  BMP("BMP"),
  TIFF("TIFF"),
  WEBP("WebP"),
  HEIF("a HEIF or AVIF picture"),
  PDF("a PDF document"),
  HTML("an HTML page"),
  UNKNOWN("not a picture known here");

  private static final int PROBE_BYTES = 256;

  public final String description;

  ImageFormat(String description) {
    this.description = description;
  }

  /** By the first bytes of a file, of which {@code length} are in {@code piece}. */
  static ImageFormat of(byte[] piece, int length) {
    byte[] start = Arrays.copyOf(piece, Math.min(length, PROBE_BYTES));
    if (Source.has(start, 0, "\u00FF\u00D8\u00FF")) {
      return JPEG;
    } else if (Source.has(start, 0, "\u0089PNG\r\n\u001A\n")) {
      return PNG;
    } else if (Source.has(start, 0, "GIF8")) {
      return GIF;
    } else if (Source.has(start, 0, "BM")) {
      return BMP;
    } else if (Source.has(start, 0, "II*\0")
        || Source.has(start, 0, "MM\0*")
        || Source.has(start, 0, "II+\0")
        || Source.has(start, 0, "MM\0+")) {
      return TIFF;
    } else if (Source.has(start, 0, "RIFF") && Source.has(start, 8, "WEBP")) {
      return WEBP;
    } else if (Source.has(start, 4, "ftyp")) {
      return HEIF;
    } else if (Source.has(start, 0, "%PDF")) {
      return PDF;
    }
    return looksLikeHtml(start) ? HTML : UNKNOWN;
  }

  private static boolean looksLikeHtml(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String start = text.stripLeading().toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html") || start.startsWith("<html");
  }
}
