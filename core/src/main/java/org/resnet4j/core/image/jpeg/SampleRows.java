package org.resnet4j.core.image.jpeg;

/** The samples of a JPEG at full resolution, row by row. */
public interface SampleRows {
  /** In pixels, at least 1. */
  int width();

  /** In pixels, at least 1. */
  int height();

  /** How many samples a pixel has. */
  int components();

  /**
   * Reads a row.
   *
   * @param y from 0, in ascending order
   * @param rows of each component a row, of at least {@code width() + 1} bytes
   */
  void read(int y, byte[][] rows);
}
