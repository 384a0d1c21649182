package org.resnet4j.core.image.tiff;

import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.HeldFile;
import org.resnet4j.core.image.source.Source;

/**
 * Where a TIFF's strips or tiles are, a strip being a tile as wide as the picture; those of a plane
 * after each other.
 *
 * @param tiles or strips
 * @param width in pixels, of which a tile at the right may have too many
 * @param height in pixels; the last strip may be shorter, a tile is not
 * @param counts bytes of each
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record TiffBlocks(
    boolean tiles, int width, int height, int across, int down, long[] offsets, long[] counts) {
  /** Beyond these, one for so many pixels: each costs time, however small it is. */
  private static final long FREE = 1 << 16;

  private static final int PIXELS_PER_BLOCK = 128;

  /** What tiles may hold beside the picture: that much again, and a large tile. */
  private static final long SPARE_PIXELS = 1 << 20;

  private static final int TILE_UNIT = 16;

  /** Four samples of 16 bits. */
  private static final int MAX_BYTES_PER_PIXEL = 8;

  static TiffBlocks of(TiffDirectory tags, TiffLayout layout, HeldFile file)
      throws ImageDecodeException {
    boolean tiles = tags.has(TiffTag.TILE_OFFSETS) || tags.has(TiffTag.TILE_WIDTH);
    if (tiles && tags.has(TiffTag.STRIP_OFFSETS)) {
      throw file.source().corrupt("it has strips and tiles");
    }
    long width = tiles ? tags.number(TiffTag.TILE_WIDTH) : layout.width();
    long height =
        tiles
            ? tags.number(TiffTag.TILE_LENGTH)
            : Math.min(tags.number(TiffTag.ROWS_PER_STRIP, layout.height()), layout.height());
    checkExtents(width, height, tiles, layout, file.source());
    int across = (int) ((layout.width() + width - 1) / width);
    int down = (int) ((layout.height() + height - 1) / height);
    int planes = layout.separate() ? layout.samples() : 1;
    long blocks = (long) across * down * planes;
    if (blocks > FREE + planes * layout.pixels() / PIXELS_PER_BLOCK) {
      throw file.source()
          .error(blocks + " strips or tiles are too many", "save it with larger ones");
    }
    TiffTag offsets = tiles ? TiffTag.TILE_OFFSETS : TiffTag.STRIP_OFFSETS;
    TiffTag counts = tiles ? TiffTag.TILE_BYTE_COUNTS : TiffTag.STRIP_BYTE_COUNTS;
    TiffBlocks all =
        new TiffBlocks(
            tiles,
            (int) width,
            (int) height,
            across,
            down,
            tags.exactly(offsets, (int) blocks),
            tags.exactly(counts, (int) blocks));
    all.check(layout, file);
    return all;
  }

  private static void checkExtents(
      long width, long height, boolean tiles, TiffLayout layout, Source source)
      throws ImageDecodeException {
    boolean valid = width > 0 && height > 0;
    if (valid && tiles) {
      long across = (layout.width() + width - 1) / width;
      long down = (layout.height() + height - 1) / height;
      // The divisions keep products of numbers from the file from overflowing.
      valid =
          width % TILE_UNIT == 0
              && height % TILE_UNIT == 0
              && width <= (2 * layout.pixels() + SPARE_PIXELS) / across / down / height;
    }
    if (!valid) {
      throw source.corrupt("strips or tiles of %sx%s pixels".formatted(width, height));
    }
    // All planes of one are held at once.
    if (width * height > (Integer.MAX_VALUE - 8) / MAX_BYTES_PER_PIXEL) {
      throw source.error(
          "strips or tiles of %sx%s pixels are too large".formatted(width, height),
          "save it with smaller ones");
    }
  }

  /** Holds what the file has of them, before memory is taken for what they stand for. */
  private void check(TiffLayout layout, HeldFile file) throws ImageDecodeException {
    for (int i = 0; i < offsets.length; i++) {
      file.need(offsets[i] + counts[i]);
      if (!layout.compression().canFill(counts[i], bytes(i, layout))) {
        throw file.source().corrupt("too little data for its pixels");
      }
    }
  }

  /** What a strip or tile holds when it is decompressed. */
  long bytes(int index, TiffLayout layout) {
    int rows = tiles ? height : rows(index / across % down, layout);
    return rows * layout.rowBytes(width);
  }

  /** The rows of the picture in the {@code y}-th strip or row of tiles. */
  int rows(int y, TiffLayout layout) {
    return Math.min(height, layout.height() - y * height);
  }
}
