package org.resnet4j.core.image.sample;

/** Rows of 8-bit samples to rows of RGB. */
public final class Samples {
  private Samples() {}

  /** Grey to RGB: the first of {@code bands} samples of each pixel, three times. */
  public static void replicate(byte[] row, int bands, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      byte grey = row[x * bands];
      rgb[at + 3 * x] = grey;
      rgb[at + 3 * x + 1] = grey;
      rgb[at + 3 * x + 2] = grey;
    }
  }

  /** The first three of {@code bands} samples of each pixel. */
  public static void firstThree(byte[] row, int bands, byte[] rgb, int at, int width) {
    if (bands == 3) {
      System.arraycopy(row, 0, rgb, at, 3 * width);
      return;
    }
    for (int x = 0; x < width; x++) {
      rgb[at + 3 * x] = row[x * bands];
      rgb[at + 3 * x + 1] = row[x * bands + 1];
      rgb[at + 3 * x + 2] = row[x * bands + 2];
    }
  }

  /** Three rows of a component each. */
  public static void interleave(byte[][] rows, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      rgb[at + 3 * x] = rows[0][x];
      rgb[at + 3 * x + 1] = rows[1][x];
      rgb[at + 3 * x + 2] = rows[2][x];
    }
  }

  /** A palette's indices; its colours are R, G, B. */
  public static void lookUp(byte[] row, byte[] palette, byte[] rgb, int at, int width) {
    for (int x = 0; x < width; x++) {
      int colour = 3 * (row[x] & 0xFF);
      rgb[at + 3 * x] = palette[colour];
      rgb[at + 3 * x + 1] = palette[colour + 1];
      rgb[at + 3 * x + 2] = palette[colour + 2];
    }
  }

  /** Pillow's palette before a file says anything: 256 colours, entry i is the grey i. */
  public static byte[] greyRamp() {
    byte[] ramp = new byte[3 * 256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i / 3);
    }
    return ramp;
  }

  /** {@code count} samples of 1, 2, 4 or 8 bits, the first in a byte's highest. */
  public static void unpack(byte[] packed, int from, int bits, byte[] row, int count) {
    if (bits == 8) {
      System.arraycopy(packed, from, row, 0, count);
      return;
    }
    int mask = (1 << bits) - 1;
    for (int x = 0; x < count; x++) {
      long bit = (long) x * bits;
      row[x] = (byte) (packed[from + (int) (bit >> 3)] >> (8 - bits - (bit & 7)) & mask);
    }
  }

  public static int clamp(int value) {
    return Math.min(Math.max(value, 0), 255); // Math.clamp takes a long
  }
}
