package org.resnet4j.core.image.bmp;

import java.util.Arrays;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.HeldFile;

/**
 * A BMP's run-length coded rows of indices. Jumps, empty rows, literal runs over the end of a row
 * and, of 4 bits, of odd length are refused: Pillow makes something else of them than they mean.
 */
final class BmpRuns {
  private final HeldFile file;
  private final boolean four;
  private long at;

  /** Whether the row before was filled by runs, so that its end is still to come. */
  private boolean filled;

  BmpRuns(HeldFile file, BmpHeader header) throws ImageDecodeException {
    this.file = file;
    this.four = header.compression() == BmpHeader.RLE4;
    this.at = header.start();
    if (at % 2 != 0) { // literal runs end on even places, for Pillow of the file
      throw unusual("pixels that begin at an odd place");
    }
  }

  /** Reads a row; what a shorter one leaves is index 0. */
  void read(byte[] row) throws ImageDecodeException {
    if (filled) {
      endRow();
    }
    int x = 0;
    while (x < row.length) {
      int count = file.u8(at);
      int value = file.u8(at + 1);
      at += 2;
      if (count > 0) {
        x += run(row, x, count, value);
      } else if (value > 2) {
        x += literal(row, x, value);
      } else if (value == 0 && x > 0) {
        Arrays.fill(row, x, row.length, (byte) 0);
        filled = false;
        return;
      } else if (value == 1) {
        throw file.source().corrupt("it ends before its last pixel");
      } else {
        throw unusual(value == 0 ? "an empty row" : "a jump");
      }
    }
    filled = true;
  }

  /**
   * Passes over the end of a filled row, and over the runs before that some writers pad it with.
   */
  private void endRow() throws ImageDecodeException {
    while (file.u8(at) > 0) {
      at += 2;
    }
    if (file.u16(at) != 0) {
      throw unusual("no end of a row");
    }
    at += 2;
  }

  /** What exceeds the row is dropped. */
  private int run(byte[] row, int x, int length, int value) {
    int count = Math.min(length, row.length - x);
    for (int i = 0; i < count; i++) {
      row[x + i] = (byte) (four ? (i % 2 == 0 ? value >> 4 : value & 15) : value);
    }
    return count;
  }

  private int literal(byte[] row, int x, int count) throws ImageDecodeException {
    if (count > row.length - x) {
      throw unusual("a literal run over the end of a row");
    }
    if (four && count % 2 != 0) {
      throw unusual("a literal run of odd length");
    }
    for (int i = 0; i < count; i++) {
      int value = file.u8(at + (four ? i / 2 : i));
      row[x + i] = (byte) (four ? (i % 2 == 0 ? value >> 4 : value & 15) : value);
    }
    int bytes = four ? count / 2 : count;
    at += bytes + bytes % 2;
    return count;
  }

  private ImageDecodeException unusual(String what) {
    return file.source()
        .error("Pillow misreads its run lengths (" + what + ")", "convert it to PNG");
  }
}
