package org.resnet4j.bench.screen;

import java.util.Locale;

/** Quantities as people read them. */
public final class Units {
  private static final String[] DECIMAL = {"", " k", " M", " G", " T"};

  private Units() {}

  /** {@code "7.0 MB"}, in powers of 1000. */
  public static String bytes(long bytes) {
    return scaled((double) bytes, "B");
  }

  /** {@code "1.81 G"}. */
  public static String count(long count) {
    return scaled((double) count, "").strip();
  }

  /** {@code "25,557,032"}. */
  public static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code "3.1 ms"}. */
  public static String millis(double millis) {
    return String.format(Locale.ROOT, "%.1f ms", millis);
  }

  /** {@code "12 s"}, {@code "3:05 min"}, {@code "1:20:00 h"}. */
  public static String minutes(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** {@code " 98.1 %"}, or a question mark for a probability that is no number. */
  public static String percent(double fraction) {
    return Double.isNaN(fraction)
        ? "    ? %"
        : String.format(Locale.ROOT, "%5.1f %%", 100 * fraction);
  }

  private static String scaled(double value, String unit) {
    int power = 0;
    while (value >= 999.5 && power < DECIMAL.length - 1) {
      value /= 1000;
      power++;
    }
    String number =
        power == 0
            ? String.format(Locale.ROOT, "%.0f ", value).strip() + (unit.isEmpty() ? "" : " ")
            : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    return number + DECIMAL[power] + unit;
  }
}
