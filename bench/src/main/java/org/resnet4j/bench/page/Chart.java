package org.resnet4j.bench.page;

import java.util.List;
import org.resnet4j.bench.markup.Element;

/**
 * A chart with two axes, as wide as a telephone's screen and scaled up on others. What it shows is
 * also said in words, and each point says its values.
 */
final class Chart {
  private static final double WIDTH = 360;
  private static final double HEIGHT = 250;
  static final double LEFT = 48;
  static final double RIGHT = WIDTH - 12;
  static final double TOP = 12;
  static final double BOTTOM = HEIGHT - 40;

  private final Axis x;
  private final Axis y;
  private final Element svg;

  /**
   * An empty chart.
   *
   * @param title what it shows
   * @param words the same as its points, for those who do not see it
   */
  Chart(String title, String words, Axis x, Axis y) {
    this.x = x;
    this.y = y;
    this.svg =
        Element.of("svg")
            .with("class", "chart")
            .with("viewBox", "0 0 " + Element.number(WIDTH) + " " + Element.number(HEIGHT))
            .with("role", "img")
            .with("aria-label", title + ". " + words);
  }

  /** Draws the lines and numbers of the axes, and their names. */
  Chart axes(List<Double> across, String nameAcross, String nameUp) {
    for (double tick : y.ticks()) {
      double at = y.at(tick);
      svg.add(line("grid", LEFT, at, RIGHT, at));
      svg.add(text(LEFT - 6, at + 4, "end", Figures.tick(tick)));
    }
    for (double tick : across) {
      double at = x.at(tick);
      svg.add(line("axis", at, BOTTOM, at, BOTTOM + 4));
      svg.add(text(at, BOTTOM + 16, "middle", Figures.tick(tick)));
    }
    svg.add(line("axis", LEFT, BOTTOM, RIGHT, BOTTOM));
    svg.add(text((LEFT + RIGHT) / 2, HEIGHT - 6, "middle", nameAcross));
    svg.add(
        text(0, 0, "middle", nameUp)
            .with(
                "transform",
                "translate(11 %s) rotate(-90)".formatted(Element.number((TOP + BOTTOM) / 2))));
    return this;
  }

  /** A point of a series, which says what it is. */
  void point(Series series, double atX, double atY, double radius, String says) {
    svg.add(
        Element.of("g").add(Element.of("title", says), series.mark(x.at(atX), y.at(atY), radius)));
  }

  /** A line through values of a series. */
  void line(Series series, List<double[]> values) {
    StringBuilder points = new StringBuilder();
    for (double[] value : values) {
      points.append(Element.number(x.at(value[0]))).append(',');
      points.append(Element.number(y.at(value[1]))).append(' ');
    }
    svg.add(series.line(points.toString().strip()));
  }

  /** From the least to the most of a value. */
  void whisker(Series series, double atX, double least, double most) {
    double at = x.at(atX);
    svg.add(line(series.classes("whisker"), at, y.at(least), at, y.at(most)));
  }

  /** A line of the chart's own. */
  void roof(double x1, double y1, double x2, double y2) {
    svg.add(line("roof", x.at(x1), y.at(y1), x.at(x2), y.at(y2)));
  }

  /** A word beside a place. */
  void word(double atX, double atY, double dx, double dy, String anchor, String word) {
    svg.add(text(x.at(atX) + dx, y.at(atY) + dy, anchor, word));
  }

  /** The picture. */
  Element svg() {
    return svg;
  }

  private static Element line(String classes, double x1, double y1, double x2, double y2) {
    return Element.of("line")
        .with("class", classes)
        .with("x1", x1)
        .with("y1", y1)
        .with("x2", x2)
        .with("y2", y2);
  }

  private static Element text(double x, double y, String anchor, String text) {
    return Element.of("text", text).with("x", x).with("y", y).with("text-anchor", anchor);
  }
}
