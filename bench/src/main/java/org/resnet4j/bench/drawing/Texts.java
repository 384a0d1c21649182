package org.resnet4j.bench.drawing;

import java.util.Locale;
import org.resnet4j.core.tensor.Shape;

/** Texts of a drawing, and how wide they are. */
final class Texts {
  private static final String[] POWERS = {"", " k", " M", " G", " T", " P", " E"};

  private Texts() {}

  /**
   * Width of a text in a sans-serif font, by the usual advances of its characters.
   *
   * @param size of the font, in the unit of the result
   */
  static double width(String text, double size) {
    return size * text.codePoints().mapToDouble(Texts::advance).sum();
  }

  /** In ems, as in Helvetica; what it lacks is taken to be as wide as it gets. */
  private static double advance(int c) {
    return switch (c) {
      case 'i', 'j', 'l', '\'', '|' -> 0.24;
      case ' ', ',', '.', ':', ';', 't', 'f', 'I', '!', '(', ')', '[', ']', '·' -> 0.29;
      case '/' -> 0.28;
      case 'r', '-' -> 0.34;
      case '×' -> 0.59;
      case 'm', 'M', 'W', '%' -> 0.89;
      case 'w', 'C', 'D', 'G', 'H', 'N', 'O', 'Q', 'R', 'U' -> 0.75;
      default -> c < 0x80 ? (c >= 'A' && c <= 'Z' ? 0.68 : 0.56) : c < 0x1100 ? 0.7 : 1.05;
    };
  }

  /** A text, or as much of it as fits before an ellipsis. */
  static String cut(String text, double size, double width) {
    if (text.length() < 1000 && width(text, size) <= width) {
      return text;
    }
    double left = width - width("…", size);
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      left -= size * advance(c);
      if (left < 0) {
        break;
      }
      end += Character.charCount(c);
    }
    return text.substring(0, end) + (end == text.length() ? "" : "…");
  }

  /** A text of unknown origin: nothing that turns a line around or ends it. */
  static String clean(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c ->
            out.appendCodePoint(
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.UNASSIGNED,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR ->
                      0xFFFD;
                  default -> c;
                }));
    return out.toString();
  }

  /** {@code "26.1 M"}, of three digits. */
  static String count(long count) {
    int power = 0;
    double value = count;
    while (value >= 999.5 && power < POWERS.length - 1) {
      value /= 1000;
      power++;
    }
    return (power == 0 ? Long.toString(count) : threeDigits(value)) + POWERS[power];
  }

  /** {@code "1.23 ms"} or {@code "12.3 µs"}, of three digits. */
  static String millis(double millis) {
    return millis == 0
        ? "0 ms"
        : millis < 0.1 ? threeDigits(1000 * millis) + " µs" : threeDigits(millis) + " ms";
  }

  /** {@code "31 %"}. */
  static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * share);
  }

  private static String threeDigits(double value) {
    return String.format(
        Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
  }

  /** {@code "3 blocks"}. */
  static String number(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  /** {@code "64 × 56 × 56"}. */
  static String shape(Shape shape) {
    return shape.channels() + " × " + shape.height() + " × " + shape.width();
  }
}
