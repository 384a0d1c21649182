package org.resnet4j.core.image.png;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.Source;

/**
 * The rows of a PNG's compressed data, one after the other, without their filters. What follows the
 * last row that is asked for is not looked at, as by Pillow.
 *
 * <p>Source: chapters 9 and 10 of the PNG specification. Not thread-safe.
 */
final class PngRows implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 16;

  private final Source source;
  private final Inflater inflater = new Inflater();
  private final byte[] piece = new byte[PIECE_BYTES];
  private final int pixelBytes;
  private long left;
  private int at;
  private int filled;
  private int rowBytes;

  // Each behind the pixel to the left of its first, which is zero.
  private byte[] row = {};
  private byte[] above = {};

  /**
   * @param data of all IDAT chunks
   * @param pixelBytes of a pixel, 1 for smaller ones: how far a filter looks to the left
   * @param total bytes that all rows have, with their filter types
   */
  PngRows(Source source, byte[] data, int pixelBytes, long total) {
    this.source = source;
    this.pixelBytes = pixelBytes;
    this.left = total;
    inflater.setInput(data);
  }

  /** Begins with a picture, or with another pass over it. */
  void begin(int bytes) {
    rowBytes = bytes;
    row = new byte[pixelBytes + bytes];
    above = new byte[pixelBytes + bytes];
  }

  /**
   * The next row, from {@link #first} on; valid until the one after the next is asked for.
   *
   * @throws ImageDecodeException if the data end before, or are none of deflate's or PNG's
   */
  byte[] next() throws ImageDecodeException {
    byte[] last = above;
    above = row;
    row = last;
    // The filter's type takes the place of the pixel to the left for a moment.
    take(row, pixelBytes - 1, rowBytes + 1);
    int type = row[pixelBytes - 1];
    row[pixelBytes - 1] = 0;
    switch (type) {
      case 0 -> {
        // As it is.
      }
      case 1 -> addLeft(row, pixelBytes);
      case 2 -> addAbove(row, above, pixelBytes);
      case 3 -> addAverage(row, above, pixelBytes);
      case 4 -> addPaeth(row, above, pixelBytes);
      default -> throw source.corrupt("a row with filter " + (type & 0xFF));
    }
    return row;
  }

  /** Where a row begins in its array. */
  int first() {
    return pixelBytes;
  }

  private void take(byte[] into, int from, int count) throws ImageDecodeException {
    for (int done = 0; done < count; ) {
      if (at == filled) {
        fill();
      }
      int some = Math.min(count - done, filled - at);
      System.arraycopy(piece, at, into, from + done, some);
      at += some;
      done += some;
    }
  }

  /** Never more than the rows have: what is behind them may be anything. */
  private void fill() throws ImageDecodeException {
    try {
      at = 0;
      filled = inflater.inflate(piece, 0, (int) Math.min(PIECE_BYTES, left));
    } catch (DataFormatException e) {
      throw source.corrupt(e.getMessage() == null ? "no deflated data" : e.getMessage());
    }
    if (filled == 0) {
      throw source.corrupt(
          inflater.needsDictionary()
              ? "data with a dictionary, which PNG has none of"
              : "too little data for its pixels");
    }
    left -= filled;
  }

  private static void addLeft(byte[] row, int distance) {
    for (int i = distance; i < row.length; i++) {
      row[i] += row[i - distance];
    }
  }

  private static void addAbove(byte[] row, byte[] above, int distance) {
    for (int i = distance; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private static void addAverage(byte[] row, byte[] above, int distance) {
    for (int i = distance; i < row.length; i++) {
      row[i] += (byte) (((row[i - distance] & 0xFF) + (above[i] & 0xFF)) >> 1);
    }
  }

  private static void addPaeth(byte[] row, byte[] above, int distance) {
    for (int i = distance; i < row.length; i++) {
      row[i] += (byte) paeth(row[i - distance] & 0xFF, above[i] & 0xFF, above[i - distance] & 0xFF);
    }
  }

  /**
   * Of {@code a} on the left, {@code b} above and {@code c} above left whichever is nearest to
   * {@code a + b - c}, and of those as near the first. In this form, which is stb_image's, nothing
   * is guessed by the processor: in a photograph it would guess wrong at every third byte.
   */
  static int paeth(int a, int b, int c) {
    int low = Math.min(a, b);
    int high = Math.max(a, b);
    int threshold = 3 * c - b - a;
    int inner = high <= threshold ? low : c;
    return threshold <= low ? high : inner;
  }

  /** Frees what the system's zlib holds. */
  @Override
  public void close() {
    inflater.end();
  }
}
