package org.resnet4j.core.image;

/**
 * A PNG's IHDR chunk.
 *
 * @param bitDepth bits per sample, or per palette index
 */
record PngHeader(long width, long height, int bitDepth, Colour colour) {
  /** Offset of the first chunk after the signature and IHDR (length, type, 13 bytes, CRC). */
  static final int END = 8 + 4 + 4 + 13 + 4;

  private static final int DATA = 16;

  /** What the samples of a pixel are. */
  enum Colour {
    GREY,
    RGB,
    PALETTE,
    GREY_ALPHA,
    RGBA
  }

  /**
   * Reads the header at its fixed place.
   *
   * @throws ImageDecodeException if it is not there or holds values that PNG does not define
   */
  static PngHeader parse(Source source) throws ImageDecodeException {
    if (source.length() < END) {
      throw source.truncated("PNG");
    }
    if (source.u32(8) != 13 || !source.has(12, "IHDR")) {
      throw source.corrupt("PNG", "it does not begin with IHDR");
    }
    Colour colour =
        switch (source.u8(DATA + 9)) {
          case 0 -> Colour.GREY;
          case 2 -> Colour.RGB;
          case 3 -> Colour.PALETTE;
          case 4 -> Colour.GREY_ALPHA;
          case 6 -> Colour.RGBA;
          default -> throw source.corrupt("PNG", "colour type " + source.u8(DATA + 9));
        };
    int depth = source.u8(DATA + 8);
    boolean valid =
        switch (depth) {
          case 1, 2, 4 -> colour == Colour.GREY || colour == Colour.PALETTE;
          case 8 -> true;
          case 16 -> colour != Colour.PALETTE;
          default -> false;
        };
    if (!valid) {
      throw source.corrupt("PNG", "bit depth " + depth + " for colour type " + colour);
    }
    return new PngHeader(source.u32(DATA), source.u32(DATA + 4), depth, colour);
  }
}
