package org.resnet4j.bench.page;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;

/** Numbers as readers of benchmarks know them. */
final class Figures {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final String[] POWERS = {"", "k", "M", "G", "T"};

  private Figures() {}

  /** Three digits that count: {@code "1234"}, {@code "123"}, {@code "12.3"}, {@code "1.23"}. */
  static String digits(double value) {
    double size = Math.abs(value);
    if (size >= 99.95) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    if (size >= 9.995) {
      return String.format(Locale.ROOT, "%.1f", value);
    }
    return String.format(Locale.ROOT, size >= 0.0995 || size == 0 ? "%.2f" : "%.3f", value);
  }

  /** A factor: {@code "1.23"}, {@code "11.3"}, {@code "123"}. */
  static String factor(double value) {
    return String.format(
        Locale.ROOT, value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f", value);
  }

  /** {@code "4.1e-07"}. */
  static String scientific(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
  }

  /** {@code "93 %"}; nothing if it is unknown. */
  static String percent(@Nullable Double share) {
    return share == null ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  /** {@code "97.5 MB"}, in powers of 1000. */
  static String bytes(double bytes) {
    int power = 0;
    double value = bytes;
    while (value >= 999.5 && power < POWERS.length - 1) {
      value /= 1000;
      power++;
    }
    return digits(value) + " " + POWERS[power] + "B";
  }

  /** A number beside an axis: {@code "0.5"}, {@code "20"}, {@code "5k"}. */
  static String tick(double value) {
    int power = 0;
    double rest = value;
    while (rest >= 999.5 && power < POWERS.length - 1) {
      rest /= 1000;
      power++;
    }
    String text =
        rest >= 0.01 || rest == 0 ? Element.number(rest) : String.format(Locale.ROOT, "%.0e", rest);
    return text + POWERS[power];
  }

  /** {@code "29 Nov 2026, 05:55 UTC"} of an instant; what is none stays as it is. */
  static String date(String instant) {
    try {
      return DATE.format(Instant.parse(instant));
    } catch (DateTimeParseException _) {
      return instant;
    }
  }

  /** {@code "3 pictures"}, {@code "1 picture"}. */
  static String count(long count, String one) {
    return count + " " + one + (count == 1 ? "" : "s");
  }
}
