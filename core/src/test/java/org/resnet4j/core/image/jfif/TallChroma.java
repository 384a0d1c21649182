package org.resnet4j.core.image.jfif;

import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Chroma of 4:4:0 pictures, which has half the height: libjpeg-turbo, and so Pillow, weights the
 * two nearest rows 3 : 1, where libjpeg 6b, the JDK's, repeats each row.
 *
 * <p>Repetition loses nothing, so the smooth rows can be made from the repeated ones. A JDK built
 * on libjpeg-turbo delivers them smooth already.
 */
final class TallChroma {
  private final Raster raster;
  private final byte[] neighbour;
  private final boolean repeated;

  /** For a raster of interleaved Y, Cb, Cr. */
  TallChroma(Raster raster) {
    this.raster = raster;
    this.neighbour = new byte[3 * raster.getWidth()];
    this.repeated = hasRepeatedRows();
  }

  /** Replaces the chroma in {@code row}, which is row {@code y} of the raster. */
  void smooth(byte[] row, int y) {
    if (!repeated) {
      return;
    }
    int last = (raster.getHeight() - 1) / 2;
    boolean upper = y % 2 == 0;
    int other = Math.clamp(upper ? y / 2 - 1 : y / 2 + 1, 0, last);
    raster.getDataElements(0, 2 * other, raster.getWidth(), 1, neighbour);
    int rounding = upper ? 1 : 2;
    for (int i = 0; i < row.length; i += 3) {
      row[i + 1] = weighted(row[i + 1], neighbour[i + 1], rounding);
      row[i + 2] = weighted(row[i + 2], neighbour[i + 2], rounding);
    }
  }

  private static byte weighted(byte near, byte far, int rounding) {
    return (byte) ((3 * (near & 0xFF) + (far & 0xFF) + rounding) >> 2);
  }

  private boolean hasRepeatedRows() {
    int width = raster.getWidth();
    byte[] upper = new byte[3 * width];
    byte[] lower = new byte[3 * width];
    for (int y = 0; y + 1 < raster.getHeight(); y += 2) {
      raster.getDataElements(0, y, width, 1, upper);
      raster.getDataElements(0, y + 1, width, 1, lower);
      for (int i = 0; i < upper.length; i += 3) {
        lower[i] = upper[i];
      }
      if (!Arrays.equals(upper, lower)) {
        return false;
      }
    }
    return true;
  }
}
