package org.resnet4j.core.image;

import java.util.Arrays;
import java.util.Objects;
import org.resnet4j.core.image.sample.Samples;

/**
 * Pillow's antialiased resize ({@code Image.resize}, Resample.c), to the same bytes.
 *
 * <p>Two passes in integers, first along the rows, then along the columns, with an 8-bit result in
 * between; a pass whose size does not change changes nothing, and Pillow leaves it out. Each sum
 * starts from one half and is shifted down, which rounds to nearest, then clamped to a byte.
 */
public final class Resample {
  private static final int MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

  private static final int HALF = 1 << (Axis.FRACTION_BITS - 1);

  private Resample() {}

  /**
   * The whole picture in another size.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @return a new picture, or {@code image} itself if the size is already right
   * @throws IllegalArgumentException if an extent is less than 1, or the result, the picture
   *     between the passes or the weights of an axis exceed an array
   */
  public static RgbImage resize(
      RgbImage image, int width, int height, Interpolation interpolation) {
    Objects.requireNonNull(interpolation, "interpolation");
    if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
      throw new IllegalArgumentException("cannot resize a picture to " + width + "x" + height);
    }
    if (width == image.width() && height == image.height()) {
      return image;
    }
    return window(image, width, height, new Window(0, 0, width, height), interpolation);
  }

  /** A part of the resized picture; inside it. */
  record Window(long left, long top, int width, int height) {}

  /**
   * What {@link #resize} and a crop would give, computed for the window alone.
   *
   * @param width of the whole resized picture, which need not exist and may exceed an array
   */
  static RgbImage window(
      RgbImage image, long width, long height, Window window, Interpolation interpolation) {
    Axis vertical = Axis.of(image.height(), height, window.top(), window.height(), interpolation);
    Axis horizontal = Axis.of(image.width(), width, window.left(), window.width(), interpolation);
    int firstRow = vertical.start()[0];
    int rows = vertical.end(window.height() - 1) - firstRow;
    byte[] across = horizontal(image, firstRow, rows, horizontal);
    byte[] pixels = vertical(across, firstRow, 3 * window.width(), vertical);
    return new RgbImage(window.width(), window.height(), pixels);
  }

  private static byte[] horizontal(RgbImage image, int firstRow, int rows, Axis axis) {
    byte[] in = image.data();
    int[] weights = axis.weights();
    int width = axis.start().length;
    if ((long) width * rows > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + rows + " between the passes exceeds an array");
    }
    byte[] out = new byte[3 * width * rows];
    int to = 0;
    for (int y = 0; y < rows; y++) {
      int row = 3 * (firstRow + y) * image.width();
      for (int x = 0; x < width; x++) {
        int from = row + 3 * axis.start()[x];
        int first = x * axis.taps();
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int t = first; t < first + axis.length()[x]; t++, from += 3) {
          int weight = weights[t];
          red += (in[from] & 0xFF) * weight;
          green += (in[from + 1] & 0xFF) * weight;
          blue += (in[from + 2] & 0xFF) * weight;
        }
        out[to++] = toByte(red);
        out[to++] = toByte(green);
        out[to++] = toByte(blue);
      }
    }
    return out;
  }

  /** {@code in} holds whole rows of {@code stride} samples, from {@code firstRow} on. */
  private static byte[] vertical(byte[] in, int firstRow, int stride, Axis axis) {
    int height = axis.start().length;
    byte[] out = new byte[height * stride];
    int[] sums = new int[stride];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int t = 0; t < axis.length()[y]; t++) {
        int weight = axis.weights()[y * axis.taps() + t];
        int row = (axis.start()[y] + t - firstRow) * stride;
        for (int i = 0; i < stride; i++) {
          sums[i] += (in[row + i] & 0xFF) * weight;
        }
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = toByte(sums[i]);
      }
    }
    return out;
  }

  private static byte toByte(int sum) {
    return (byte) Samples.clamp(sum >> Axis.FRACTION_BITS);
  }
}
