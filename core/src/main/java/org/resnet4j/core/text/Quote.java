package org.resnet4j.core.text;

import java.util.Locale;

/**
 * Puts text of unknown origin into messages: one line, bounded, nothing a terminal would obey.
 * Thread-safe.
 */
public final class Quote {
  private static final int MAX_NAME = 120;
  private static final int MAX_LINE = 1000;

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
    return line(text.strip().replaceAll("\\h*\\R\\s*", " "));
  }

  /** What Jackson says of a text, on one line, without the names of its own classes. */
  public static String jackson(String message) {
    return oneLine(
        message
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
    int half = MAX_LINE / 2;
    String shown =
        text.length() <= MAX_LINE
            ? text
            : text.substring(0, wholeBefore(text, half))
                + "..."
                + text.substring(wholeBefore(text, text.length() - half));
    StringBuilder out = new StringBuilder();
    shown.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, wholeBefore(text, length)) + "...";
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
