package org.resnet4j.core.image;

/** Rows of 8-bit samples to rows of RGB. */
final class Samples {
  private Samples() {}

  /** Grey to RGB: the first of {@code bands} samples of each pixel, three times. */
  static void replicate(byte[] row, int bands, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      byte grey = row[x * bands];
      rgb[at + 3 * x] = grey;
      rgb[at + 3 * x + 1] = grey;
      rgb[at + 3 * x + 2] = grey;
    }
  }

  /** The first three of {@code bands} samples of each pixel. */
  static void firstThree(byte[] row, int bands, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      rgb[at + 3 * x] = row[x * bands];
      rgb[at + 3 * x + 1] = row[x * bands + 1];
      rgb[at + 3 * x + 2] = row[x * bands + 2];
    }
  }

  /** Three rows of a component each. */
  static void interleave(byte[][] rows, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      rgb[at + 3 * x] = rows[0][x];
      rgb[at + 3 * x + 1] = rows[1][x];
      rgb[at + 3 * x + 2] = rows[2][x];
    }
  }

  static int clamp(int value) {
    return Math.min(Math.max(value, 0), 255); // Math.clamp takes a long
  }
}
