package org.resnet4j.core.image;

/**
 * What the markers before a JPEG's first scan say.
 *
 * @param orientation EXIF orientation, 1 to 8; 1 where there is none
 * @param chromaHalvedInHeightOnly 4:4:0 sampling, as of a 4:2:2 picture turned by a quarter
 */
record JpegHeader(
    int width, int height, JpegColor color, int orientation, boolean chromaHalvedInHeightOnly) {

  /**
   * Walks the markers up to the first scan.
   *
   * @throws ImageDecodeException if the file ends before, or is a kind of JPEG not supported
   */
  static JpegHeader parse(Source source) throws ImageDecodeException {
    return new Parser(source).parse();
  }

  private static final class Parser {
    private static final int SOF0 = 0xC0;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int SOF15 = 0xCF;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;
    private static final int JFIF_BYTES = 14;
    private static final int ADOBE_BYTES = 12;

    private final Source source;
    private boolean jfif;
    private int adobeTransform = -1;
    private int frame = -1;
    private int orientation = -1;

    Parser(Source source) {
      this.source = source;
    }

    JpegHeader parse() throws ImageDecodeException {
      int at = 2;
      while (true) {
        at = afterNextMarker(at);
        int marker = source.u8(at - 1);
        if (marker == EOI) {
          throw source.corrupt("JPEG", "no scan in it");
        }
        if (marker == 0 || marker == 1 || (marker >= 0xD0 && marker <= 0xD8)) {
          continue;
        }
        int end = at + 2 > source.length() ? Integer.MAX_VALUE : at + source.u16(at);
        if (end > source.length()) {
          throw source.truncated("JPEG");
        }
        segment(marker, at + 2, end);
        if (marker == SOS) {
          return header();
        }
        at = Math.max(end, at + 2);
      }
    }

    private int afterNextMarker(int from) throws ImageDecodeException {
      int at = from;
      while (at < source.length() && source.u8(at) != 0xFF) {
        at++;
      }
      while (at < source.length() && source.u8(at) == 0xFF) {
        at++;
      }
      if (at >= source.length()) {
        throw source.truncated("JPEG");
      }
      return at + 1;
    }

    private void segment(int marker, int at, int end) throws ImageDecodeException {
      if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
        frame(marker, at, end);
      } else if (marker == APP0 && end - at >= JFIF_BYTES && source.has(at, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP14 && end - at >= ADOBE_BYTES && source.has(at, "Adobe")) {
        adobeTransform = source.u8(at + 11);
      } else if (marker == APP1 && orientation < 0 && source.has(at, "Exif\0")) {
        orientation = ExifOrientation.parse(source.bytes(), at + 6, end);
      }
    }

    private void frame(int marker, int at, int end) throws ImageDecodeException {
      if (marker > SOF2) {
        throw source.error(
            "this kind of JPEG (SOF%d) is not supported".formatted(marker - SOF0),
            "save it again as a baseline or progressive JPEG");
      }
      if (end - at < 6 || end - at < 6 + 3 * source.u8(at + 5)) {
        throw source.corrupt("JPEG", "short frame header");
      }
      if (source.u8(at) != 8) {
        throw source.error(
            source.u8(at) + "-bit JPEG is not supported", "save it again with 8 bits");
      }
      int components = source.u8(at + 5);
      if (components != 1 && components != 3 && components != 4) {
        throw source.error(
            "a JPEG of " + components + " components is not supported", "save it again as RGB");
      }
      frame = at;
    }

    private JpegHeader header() throws ImageDecodeException {
      if (frame < 0) {
        throw source.corrupt("JPEG", "no frame header");
      }
      int components = source.u8(frame + 5);
      int ids = components < 3 ? 0 : id(0) << 16 | id(1) << 8 | id(2);
      return new JpegHeader(
          source.u16(frame + 3),
          source.u16(frame + 1),
          JpegColor.of(components, jfif, adobeTransform, ids),
          Math.max(orientation, 1),
          components == 3 && chromaHalvedInHeightOnly());
    }

    private int id(int component) {
      return source.u8(frame + 6 + 3 * component);
    }

    /** Whether the luma has full resolution and both others full width and half the height. */
    private boolean chromaHalvedInHeightOnly() {
      int across = sampling(0) >> 4;
      int down = sampling(0) & 15;
      boolean halved = true;
      for (int component = 1; component <= 2; component++) {
        int sampling = sampling(component);
        halved &= sampling >> 4 == across && 2 * (sampling & 15) == down;
      }
      return halved;
    }

    /** Samples across (high four bits) and down (low four bits) in a coded unit. */
    private int sampling(int component) {
      return source.u8(frame + 7 + 3 * component);
    }
  }
}
