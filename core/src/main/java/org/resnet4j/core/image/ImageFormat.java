package org.resnet4j.core.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is, by its first bytes; never by its name. */
enum ImageFormat {
  JPEG("JPEG"),
  PNG("PNG"),
  GIF("a GIF picture"),
  BMP("a BMP picture"),
  TIFF("a TIFF picture"),
  WEBP("a WebP picture"),
  HEIF("a HEIF or AVIF picture"),
  PDF("a PDF document"),
  HTML("an HTML page"),
  UNKNOWN("not a picture known here");

  private static final int TEXT_PROBE_BYTES = 256;

  final String description;

  ImageFormat(String description) {
    this.description = description;
  }

  static ImageFormat of(Source source) {
    if (source.has(0, "\u00FF\u00D8\u00FF")) {
      return JPEG;
    } else if (source.has(0, "\u0089PNG\r\n\u001A\n")) {
      return PNG;
    } else if (source.has(0, "GIF8")) {
      return GIF;
    } else if (source.has(0, "BM")) {
      return BMP;
    } else if (source.has(0, "II*\0") || source.has(0, "MM\0*")) {
      return TIFF;
    } else if (source.has(0, "RIFF") && source.has(8, "WEBP")) {
      return WEBP;
    } else if (source.has(4, "ftyp")) {
      return HEIF;
    } else if (source.has(0, "%PDF")) {
      return PDF;
    }
    return looksLikeHtml(source) ? HTML : UNKNOWN;
  }

  private static boolean looksLikeHtml(Source source) {
    int length = Math.min(source.length(), TEXT_PROBE_BYTES);
    String text = new String(source.bytes(), 0, length, StandardCharsets.ISO_8859_1);
    String start = text.stripLeading().toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html") || start.startsWith("<html");
  }
}
