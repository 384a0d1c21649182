package org.resnet4j.bench.page;

import java.util.List;
import org.resnet4j.bench.markup.Element;

/**
 * How one of several things is told from the others wherever it appears: by a colour, and for those
 * who see no colours by a mark and a dash too.
 *
 * @param index from 0; more than there are colours come round again, with other marks
 */
record Series(int index) {
  private static final int COLOURS = 6;
  private static final int MARKS = 5;
  private static final List<String> DASHES = List.of("", "7 3", "2 3", "9 3 2 3", "4 2", "1 2");

  /** Classes of an element that shows it. */
  String classes(String role) {
    return role + " s" + index % COLOURS;
  }

  /** A line through points. */
  Element line(String points) {
    Element line = Element.of("polyline").with("class", classes("series")).with("points", points);
    String dash = DASHES.get(index % DASHES.size());
    return dash.isEmpty() ? line : line.with("stroke-dasharray", dash);
  }

  /** A mark, of about the same area whatever its form. */
  Element mark(double x, double y, double r) {
    Element mark =
        switch ((index + index / COLOURS) % MARKS) {
          case 0 -> Element.of("circle").with("cx", x).with("cy", y).with("r", r);
          case 1 ->
              Element.of("rect")
                  .with("x", x - 0.9 * r)
                  .with("y", y - 0.9 * r)
                  .with("width", 1.8 * r)
                  .with("height", 1.8 * r);
          case 2 -> polygon(x, y - 1.2 * r, x + 1.15 * r, y + 0.85 * r, x - 1.15 * r, y + 0.85 * r);
          case 3 -> polygon(x, y - 1.3 * r, x + 1.3 * r, y, x, y + 1.3 * r, x - 1.3 * r, y);
          default ->
              polygon(x, y + 1.2 * r, x + 1.15 * r, y - 0.85 * r, x - 1.15 * r, y - 0.85 * r);
        };
    return mark.with("class", classes("mark"));
  }

  /** For a legend. */
  Element swatch() {
    return Element.of("svg")
        .with("viewBox", "0 0 36 16")
        .with("aria-hidden", "true")
        .add(line("0,8 36,8"), mark(18, 8, 4.5));
  }

  /** For a legend of marks alone. */
  Element dot() {
    return Element.of("svg")
        .with("viewBox", "0 0 36 16")
        .with("aria-hidden", "true")
        .add(mark(18, 8, 5));
  }

  private static Element polygon(double... corners) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < corners.length; i += 2) {
      points.append(Element.number(corners[i])).append(',');
      points.append(Element.number(corners[i + 1])).append(' ');
    }
    return Element.of("polygon").with("points", points.toString().strip());
  }
}
