package org.resnet4j.core.text;

import java.util.Locale;

/**
 * Puts text of unknown origin into messages: one line, bounded, nothing a terminal would obey.
 * Thread-safe.
 */
public final class Quote {
  private static final int MAX_NAME = 120;
  private static final int MAX_LINE = 1000;
  private static final String DOTS = "...";

  private Quote() {}

  /** {@code 'name'}, cut after 120 characters. */
  public static String name(String name) {
    return "'" + brief(name) + "'";
  }

  /** {@code text}, cut after 120 characters, escaped as {@link #line} does. */
  public static String brief(String text) {
    return line(cut(text, MAX_NAME));
  }

  /** {@code text}, a space for each line break and the blanks around it, then as {@link #line}. */
  public static String oneLine(String text) {
    return line(shorter(text.strip()).replaceAll("\\h*\\R\\s*", " "));
  }

  /** What Jackson says of a text, on one line, without the names of its own classes. */
  public static String jackson(String message) {
    return oneLine(
        shorter(message)
            .replaceFirst(" \\(start marker at [^\\n]*", "")
            .replaceFirst(" \\(for [^\\n]*? starting at \\[Source:[^\\n]*?\\]\\)", "")
            .replaceAll("(, from)? ?`StreamReadConstraints[^`]*`", ""));
  }

  /**
   * {@code text}, control characters and lone surrogates escaped; of more than 1000 characters the
   * first and the last, since a message begins with a name, which may be long, and ends with what
   * to do.
   */
  public static String line(String text) {
    StringBuilder out = new StringBuilder();
    shorter(text).codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /** Before anything is sought in it, which may take the square of its length. */
  private static String shorter(String text) {
    int half = MAX_LINE / 2;
    return text.length() <= MAX_LINE + DOTS.length()
        ? text
        : text.substring(0, wholeBefore(text, half))
            + DOTS
            + text.substring(wholeBefore(text, text.length() - half));
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, wholeBefore(text, length)) + DOTS;
  }

  /** {@code index}, or one less where that would part a surrogate pair. */
  private static int wholeBefore(String text, int index) {
    return Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index))
        ? index - 1
        : index;
  }

  private static void append(StringBuilder out, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          out.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
      default -> out.appendCodePoint(codePoint);
    }
  }
}
