package org.resnet4j.core.image.png;

import java.util.List;

/**
 * A pass over a picture.
 *
 * @param left its first column
 * @param top its first row
 * @param across columns from one to the next
 * @param down rows from one to the next
 */
record PngPass(int left, int top, int across, int down) {
  /** All pixels in their order. */
  static final List<PngPass> PLAIN = List.of(new PngPass(0, 0, 1, 1));

  /**
   * A picture that gets sharper as it comes.
   *
   * <p>Source: chapter 8 of the PNG specification.
   */
  static final List<PngPass> ADAM7 =
      List.of(
          new PngPass(0, 0, 8, 8),
          new PngPass(4, 0, 8, 8),
          new PngPass(0, 4, 4, 8),
          new PngPass(2, 0, 4, 4),
          new PngPass(0, 2, 2, 4),
          new PngPass(1, 0, 2, 2),
          new PngPass(0, 1, 1, 2));

  /** How many columns it has of a picture; 0 if none, and then there are no rows either. */
  int width(int picture) {
    return Math.ceilDiv(picture - left, across);
  }

  /** How many rows it has of a picture. */
  int height(int picture) {
    return Math.ceilDiv(picture - top, down);
  }
}
