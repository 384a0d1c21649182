package org.resnet4j.core.image.jpeg;

/**
 * Rows of a component at the picture's resolution: libjpeg-turbo's "fancy upsampling" (jdsample.c),
 * which takes the nearer of two samples three times and the farther once, and repeats samples where
 * they cover more than 2x2 pixels.
 */
public final class Upsampling {
  /** A component no wider than that is repeated. */
  private static final int NARROW = 2;

  private final Component component;
  private final byte[] samples;
  private final int[] sums;

  Upsampling(Component component) {
    this.component = component;
    this.samples = component.samples();
    this.sums = new int[component.width];
  }

  /** Writes row {@code y} of the picture, and at most a sample more. */
  void read(int y, byte[] row) {
    int across = component.pixelsAcross;
    int down = component.pixelsDown;
    boolean wide = component.width > NARROW;
    if (across == 1 && down == 1) {
      System.arraycopy(samples, at(y), row, 0, component.width);
    } else if (across == 2 && down == 1 && wide) {
      doubleWidth(at(y), row);
    } else if (across == 1 && down == 2) {
      doubleHeight(y, row);
    } else if (across == 2 && down == 2 && wide) {
      doubleBoth(y, row);
    } else {
      repeat(at(y / down), across, row);
    }
  }

  /** Where a row of the component is. */
  private int at(int y) {
    return y * component.stride();
  }

  /**
   * Of the rows that lie next to row {@code y} of the picture, the farther; at the edge the same.
   */
  private int farther(int y) {
    int other = y % 2 == 0 ? y / 2 - 1 : y / 2 + 1;
    return at(Math.clamp(other, 0, component.height - 1));
  }

  private void repeat(int from, int across, byte[] row) {
    for (int x = 0, to = 0; x < component.width; x++) {
      for (int i = 0; i < across && to < row.length; i++) {
        row[to++] = samples[from + x];
      }
    }
  }

  private void doubleWidth(int from, byte[] row) {
    byte[] in = samples;
    int last = component.width - 1;
    row[0] = in[from];
    row[1] = (byte) ((3 * (in[from] & 0xFF) + (in[from + 1] & 0xFF) + 2) >> 2);
    for (int x = 1; x < last; x++) {
      int near = 3 * (in[from + x] & 0xFF);
      row[2 * x] = (byte) ((near + (in[from + x - 1] & 0xFF) + 1) >> 2);
      row[2 * x + 1] = (byte) ((near + (in[from + x + 1] & 0xFF) + 2) >> 2);
    }
    int end = from + last;
    row[2 * last] = (byte) ((3 * (in[end] & 0xFF) + (in[end - 1] & 0xFF) + 1) >> 2);
    row[2 * last + 1] = in[end];
  }

  private void doubleHeight(int y, byte[] row) {
    byte[] in = samples;
    int near = at(y / 2);
    int far = farther(y);
    int rounding = 1 + y % 2;
    for (int x = 0; x < component.width; x++) {
      row[x] = (byte) ((3 * (in[near + x] & 0xFF) + (in[far + x] & 0xFF) + rounding) >> 2);
    }
  }

  private void doubleBoth(int y, byte[] row) {
    byte[] in = samples;
    int near = at(y / 2);
    int far = farther(y);
    int last = component.width - 1;
    for (int x = 0; x <= last; x++) {
      sums[x] = 3 * (in[near + x] & 0xFF) + (in[far + x] & 0xFF);
    }
    row[0] = (byte) ((4 * sums[0] + 8) >> 4);
    row[1] = (byte) ((3 * sums[0] + sums[1] + 7) >> 4);
    for (int x = 1; x < last; x++) {
      int sum = 3 * sums[x];
      row[2 * x] = (byte) ((sum + sums[x - 1] + 8) >> 4);
      row[2 * x + 1] = (byte) ((sum + sums[x + 1] + 7) >> 4);
    }
    row[2 * last] = (byte) ((3 * sums[last] + sums[last - 1] + 8) >> 4);
    row[2 * last + 1] = (byte) ((4 * sums[last] + 7) >> 4);
  }
}
