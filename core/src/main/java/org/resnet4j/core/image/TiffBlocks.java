package org.resnet4j.core.image;

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
    if (width < 1 || height < 1) {
      throw file.source().corrupt("strips or tiles of %dx%d pixels".formatted(width, height));
    }
    if (tiles && (width % TILE_UNIT != 0 || height % TILE_UNIT != 0)) {
      throw file.source().corrupt("tiles of %dx%d pixels".formatted(width, height));
    }
    long across = (layout.width() + width - 1) / width;
    long down = (layout.height() + height - 1) / height;
    long pixels = (long) layout.width() * layout.height();
    // The divisions keep products of numbers from the file from overflowing.
    if (tiles && width > (2 * pixels + SPARE_PIXELS) / across / down / height) {
      throw file.source().corrupt("tiles of %dx%d pixels".formatted(width, height));
    }
    int planes = layout.separate() ? layout.samples() : 1;
    long blocks = across * down * planes;
    if (blocks > FREE + planes * pixels / PIXELS_PER_BLOCK) {
      throw file.source()
          .error(blocks + " strips or tiles are too many", "save it with larger ones");
    }
    long[] offsets =
        exactly(tags, tiles ? TiffTag.TILE_OFFSETS : TiffTag.STRIP_OFFSETS, (int) blocks, file);
    long[] counts =
        exactly(
            tags, tiles ? TiffTag.TILE_BYTE_COUNTS : TiffTag.STRIP_BYTE_COUNTS, (int) blocks, file);
    TiffBlocks all =
        new TiffBlocks(tiles, (int) width, (int) height, (int) across, (int) down, offsets, counts);
    all.check(layout, file);
    return all;
  }

  private static long[] exactly(TiffDirectory tags, TiffTag tag, int count, HeldFile file)
      throws ImageDecodeException {
    long[] numbers = tags.numbers(tag, count);
    if (numbers.length < count) {
      throw file.source()
          .corrupt("its tag %s has %d values of %d".formatted(tag, numbers.length, count));
    }
    return numbers;
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
