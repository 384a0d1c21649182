package org.resnet4j.bench.drawing;

import java.util.Locale;
import org.resnet4j.bench.markup.Element;

/** Shapes that drawings are made of; coordinates grow to the right and down. */
final class Pen {
  private static final double CORNER = 6;
  private static final double TIP_LENGTH = 6.5;
  private static final double TIP_WIDTH = 3;

  private Pen() {}

  /** A line through points, in which corners are round. */
  static Element line(String classes, double... xy) {
    StringBuilder path = new StringBuilder("M" + point(xy[0], xy[1]));
    for (int i = 2; i < xy.length - 2; i += 2) {
      double before = Math.hypot(xy[i] - xy[i - 2], xy[i + 1] - xy[i - 1]);
      double after = Math.hypot(xy[i + 2] - xy[i], xy[i + 3] - xy[i + 1]);
      double radius = Math.min(CORNER, Math.min(before, after) / 2);
      path.append('L')
          .append(
              point(
                  towards(xy[i], xy[i - 2], radius, before),
                  towards(xy[i + 1], xy[i - 1], radius, before)))
          .append('Q')
          .append(point(xy[i], xy[i + 1]))
          .append(' ')
          .append(
              point(
                  towards(xy[i], xy[i + 2], radius, after),
                  towards(xy[i + 1], xy[i + 3], radius, after)));
    }
    path.append('L').append(point(xy[xy.length - 2], xy[xy.length - 1]));
    return Element.of("path").with("class", classes).with("d", path.toString());
  }

  private static double towards(double from, double to, double by, double distance) {
    return distance == 0 ? from : from + (to - from) * by / distance;
  }

  private static String point(double x, double y) {
    return Element.number(x) + " " + Element.number(y);
  }

  /** An arrow's tip that points right and ends there. */
  static Element tipRight(String classes, double x, double y) {
    return tip(classes, x, y, -TIP_LENGTH, -TIP_WIDTH, -TIP_LENGTH, TIP_WIDTH);
  }

  /** An arrow's tip that points down and ends there. */
  static Element tipDown(String classes, double x, double y) {
    return tip(classes, x, y, -TIP_WIDTH, -TIP_LENGTH, TIP_WIDTH, -TIP_LENGTH);
  }

  private static Element tip(
      String classes, double x, double y, double ax, double ay, double bx, double by) {
    String path =
        String.format(
            Locale.ROOT, "M%sL%sL%sZ", point(x, y), point(x + ax, y + ay), point(x + bx, y + by));
    return Element.of("path").with("class", classes).with("d", path);
  }

  /** The sign of an addition. */
  static Element sum(double x, double y) {
    double arm = Metrics.SUM - 2.5;
    return Element.of("g")
        .add(
            Element.of("circle")
                .with("class", "nd-sum")
                .with("cx", x)
                .with("cy", y)
                .with("r", Metrics.SUM),
            line("nd-line", x - arm, y, x + arm, y),
            line("nd-line", x, y - arm, x, y + arm));
  }

  static Element dot(double x, double y) {
    return Element.of("circle").with("class", "nd-tip").with("cx", x).with("cy", y).with("r", 2);
  }

  static Element rectangle(double x, double y, double width, double height, double radius) {
    return Element.of("rect")
        .with("x", x)
        .with("y", y)
        .with("width", width)
        .with("height", height)
        .with("rx", radius);
  }

  static Element text(String classes, double x, double y, String text) {
    return Element.of("text", text).with("class", classes).with("x", x).with("y", y);
  }
}
