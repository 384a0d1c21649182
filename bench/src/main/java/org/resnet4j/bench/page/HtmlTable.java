package org.resnet4j.bench.page;

import java.util.List;
import org.resnet4j.bench.markup.Element;

/** A table that scrolls by itself where a screen is too narrow for it. */
final class HtmlTable {
  private final String caption;
  private final boolean[] numbers;
  private final Element body = Element.of("tbody");
  private final Element head;

  /**
   * A table without rows.
   *
   * @param caption what it shows
   * @param headings {@code >} before one aligns the column to the right
   */
  HtmlTable(String caption, String... headings) {
    this.caption = caption;
    this.numbers = new boolean[headings.length];
    Element row = Element.of("tr");
    for (int i = 0; i < headings.length; i++) {
      numbers[i] = headings[i].startsWith(">");
      String heading = numbers[i] ? headings[i].substring(1) : headings[i];
      Element cell = Element.of("th", heading).with("scope", "col");
      row.add(numbers[i] ? cell.with("class", "n") : cell);
    }
    this.head = Element.of("thead").add(row);
  }

  /** A row of texts; the first names it. */
  HtmlTable row(String... cells) {
    return row(List.of(cells).stream().map(cell -> Element.of("td", cell)).toList());
  }

  /** A row of cells, {@code td} each; the first names it. */
  HtmlTable row(List<Element> cells) {
    if (cells.size() != numbers.length) {
      throw new IllegalArgumentException(cells.size() + " cells, " + numbers.length + " columns");
    }
    Element row = Element.of("tr");
    for (int i = 0; i < numbers.length; i++) {
      Element cell = cells.get(i);
      row.add(numbers[i] ? cell.and("class", "n") : cell);
    }
    body.add(row);
    return this;
  }

  /** The table. */
  Element element() {
    return Element.of("div")
        .with("class", "scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", caption)
        .add(Element.of("table").add(Element.of("caption", caption), head, body));
  }
}
