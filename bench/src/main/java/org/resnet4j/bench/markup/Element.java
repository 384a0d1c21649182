package org.resnet4j.bench.markup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An element of an HTML page or an SVG picture, with its attributes and content; escapes what is
 * put into it. Mutable until it is written; not thread-safe.
 */
public final class Element {
  /** Elements of HTML that have no content and no end. */
  private static final Set<String> VOID = Set.of("meta", "br", "hr", "link", "img", "col");

  /** Elements of HTML whose content is no markup. */
  private static final Set<String> RAW = Set.of("style");

  private final String tag;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Object> content = new ArrayList<>();

  private Element(String tag) {
    this.tag = tag;
  }

  /** An empty element. */
  public static Element of(String tag) {
    return new Element(tag);
  }

  /** An element that holds a text. */
  public static Element of(String tag, String text) {
    return new Element(tag).text(text);
  }

  /** Sets an attribute. */
  public Element with(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  /** Adds a word to an attribute that is a list of words. */
  public Element and(String attribute, String word) {
    attributes.merge(attribute, word, (words, more) -> words + " " + more);
    return this;
  }

  /** Sets an attribute to a number, of at most two decimals. */
  public Element with(String attribute, double value) {
    return with(attribute, number(value));
  }

  /** Appends a text. */
  public Element text(String text) {
    content.add(text);
    return this;
  }

  /** Appends elements. */
  public Element add(Element... elements) {
    content.addAll(List.of(elements));
    return this;
  }

  /** Appends elements. */
  public Element add(List<Element> elements) {
    content.addAll(elements);
    return this;
  }

  /** An attribute's value; empty if it has none. */
  public String attribute(String name) {
    return attributes.getOrDefault(name, "");
  }

  /** The text of the first heading of the second rank in it. */
  public String heading() {
    for (Object each : content) {
      if (each instanceof Element element && element.tag.equals("h2")) {
        return element.content.getFirst().toString();
      }
    }
    return "";
  }

  /** At most two decimals and no more than it needs: {@code "12.5"}, {@code "3"}. */
  public static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    if (text.charAt(end - 1) == '.') {
      end--;
    }
    String shortest = text.substring(0, end);
    return shortest.equals("-0") ? "0" : shortest;
  }

  /** The markup. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }

  private void write(StringBuilder out) {
    out.append('<').append(tag);
    attributes.forEach((name, value) -> {
      out.append(' ').append(name).append("=\"");
      escape(value, out);
      out.append('"');
    });
    out.append('>');
    if (VOID.contains(tag)) {
      return;
    }
    for (Object each : content) {
      if (each instanceof Element element) {
        element.write(out);
      } else if (RAW.contains(tag)) {
        out.append(each);
      } else {
        escape(each.toString(), out);
      }
    }
    out.append("</").append(tag).append('>');
  }

  /**
   * What XML 1.0 cannot hold becomes the sign of an unknown character, and so does what would turn
   * the direction of the text around it.
   */
  private static void escape(String text, StringBuilder out) {
    text.codePoints()
        .forEach(point -> {
          switch (point) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            default -> out.appendCodePoint(isAllowed(point) ? point : 0xFFFD);
          }
        });
  }

  private static boolean isAllowed(int point) {
    return point == '\t'
        || point == '\n'
        || (point >= 0x20 && point < 0x7F)
        || (point >= 0xA0 && point < 0xD800 && !turnsText(point))
        || (point >= 0xE000 && point < 0xFFFE)
        || point >= 0x10000;
  }

  /** Unicode's embeddings, overrides and isolates, and its ends of lines and paragraphs. */
  private static boolean turnsText(int point) {
    return (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  }
}
