package org.resnet4j.bench.screen;

/** A fraction as a bar: eighths of a block, or {@code #} where blocks cannot be shown. */
public final class Bars {
  private static final String EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588";

  private Bars() {}

  /** At most {@code width} characters, none for 0 and for a fraction that is no number. */
  public static String bar(double fraction, int width, boolean blocks) {
    double clamped = Double.isNaN(fraction) ? 0 : Math.clamp(fraction, 0, 1);
    if (!blocks) {
      return "#".repeat((int) Math.round(clamped * width));
    }
    int eighths = (int) Math.round(clamped * width * 8);
    String full = "\u2588".repeat(eighths / 8);
    return eighths % 8 == 0 ? full : full + EIGHTHS.charAt(eighths % 8);
  }
}
