package org.resnet4j.bench.picture;

import java.awt.image.BufferedImage;
import org.resnet4j.core.image.CropArea;
import org.resnet4j.core.image.RgbImage;

/**
 * A class activation map over its picture: the parts that speak for the class glow, from violet to
 * yellow; what the network did not see is dark.
 */
public final class HeatPicture {
  /** matplotlib's {@code inferno} at equal distances, without its black end. */
  private static final int[] COLOURS = {
    0x280B53, 0x57106E, 0x89226A, 0xB5305E, 0xD94D3D, 0xF1731D, 0xFCA50A, 0xF2EA69
  };

  /** How much of the picture stays visible where the map is strongest. */
  private static final double LEAST_VISIBLE = 0.35;

  private static final double UNSEEN = 0.3;

  /** A side is that long, or nearly. */
  private static final int LEAST_SIDE = 256;

  /** But for pictures so thin that the other would be longer than that. */
  private static final int MOST_ZOOMED = 2048;

  private final float[] map;
  private final int height;
  private final int width;
  private final double strongest;

  /**
   * A map.
   *
   * @param map {@code height} rows of {@code width} values; below 0 speaks against
   */
  public HeatPicture(float[] map, int height, int width) {
    this.map = map;
    this.height = height;
    this.width = width;
    double max = 0;
    for (float value : map) {
      max = Math.max(max, value);
    }
    this.strongest = max;
  }

  /**
   * The picture with the map over it; a small one with each of its pixels repeated, so that there
   * is something to see.
   *
   * @param area of the picture that the map is of
   */
  public BufferedImage over(RgbImage picture, CropArea area) {
    int least = LEAST_SIDE / Math.min(picture.width(), picture.height());
    int most = MOST_ZOOMED / Math.max(picture.width(), picture.height());
    int zoom = Math.max(1, Math.min(least, most));
    int columns = picture.width() * zoom;
    int rows = picture.height() * zoom;
    BufferedImage drawn = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    byte[] data = picture.data();
    for (int y = 0; y < rows; y++) {
      double v = ((y + 0.5) / zoom - area.top()) / area.height();
      for (int x = 0; x < columns; x++) {
        double u = ((x + 0.5) / zoom - area.left()) / area.width();
        int at = 3 * (y / zoom * picture.width() + x / zoom);
        int rgb = (data[at] & 0xFF) << 16 | (data[at + 1] & 0xFF) << 8 | (data[at + 2] & 0xFF);
        boolean seen = u >= 0 && u < 1 && v >= 0 && v < 1;
        drawn.setRGB(x, y, seen ? heated(rgb, heat(u, v)) : mixed(0, rgb, UNSEEN));
      }
    }
    return drawn;
  }

  /** How strong the map is at a place of it, 0 to 1, bilinear between the centres of its values. */
  double heat(double u, double v) {
    if (strongest == 0) {
      return 0;
    }
    double x = Math.clamp(u * width - 0.5, 0, width - 1);
    double y = Math.clamp(v * height - 0.5, 0, height - 1);
    int left = (int) x;
    int top = (int) y;
    int right = Math.min(left + 1, width - 1);
    int bottom = Math.min(top + 1, height - 1);
    double upper = mix(map[top * width + left], map[top * width + right], x - left);
    double lower = mix(map[bottom * width + left], map[bottom * width + right], x - left);
    return Math.clamp(mix(upper, lower, y - top) / strongest, 0, 1);
  }

  private static int heated(int rgb, double heat) {
    double place = heat * (COLOURS.length - 1);
    int below = Math.min((int) place, COLOURS.length - 2);
    int colour = mixed(COLOURS[below], COLOURS[below + 1], place - below);
    return mixed(rgb, colour, heat * (1 - LEAST_VISIBLE));
  }

  /** {@code part} of {@code b} and the rest of {@code a}, in each of three bytes. */
  private static int mixed(int a, int b, double part) {
    int result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double channel = mix(a >> shift & 0xFF, b >> shift & 0xFF, part);
      result |= (int) Math.round(channel) << shift;
    }
    return result;
  }

  private static double mix(double a, double b, double part) {
    return a + (b - a) * part;
  }
}
