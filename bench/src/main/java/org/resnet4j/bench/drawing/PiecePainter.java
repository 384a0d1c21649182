package org.resnet4j.bench.drawing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;

/** Draws a piece: the boxes on its path, and its shortcut over them. */
final class PiecePainter {
  private static final double CORNER = 3;
  private static final double ROOM_FOR_TIP = 11;

  private final Metrics metrics;
  private final @Nullable Times times;
  private final int tint;

  PiecePainter(Metrics metrics, @Nullable Times times, int tint) {
    this.metrics = metrics;
    this.times = times;
    this.tint = tint;
  }

  /**
   * Draws a piece.
   *
   * @param x where its first box, or its frame, begins
   * @param top of its boxes
   */
  Element draw(Piece piece, double x, double top) {
    Element group =
        Element.of("g")
            .with("class", "nd-" + kind(piece))
            .add(Element.of("title", Labels.details(piece, times)));
    List<Box> boxes = Box.of(piece);
    double width = metrics.width(piece);
    switch (piece) {
      case Layer _ -> drawBox(group, boxes.getFirst(), x, top, width);
      case ResidualBlock block -> {
        double gaps = boxes.size() * metrics.gap() + 2 * Metrics.SUM;
        double each = (width - gaps) / boxes.size();
        drawShortcut(group, block, x, x + width - Metrics.SUM, top);
        drawBoxes(group, boxes, x, top, each);
        for (int i = 1; i <= boxes.size(); i++) {
          double end = x + i * (each + metrics.gap());
          drawStep(group, end - metrics.gap(), end, middle(top), i < boxes.size());
        }
        group.add(Pen.sum(x + width - Metrics.SUM, middle(top)));
      }
      case Branches _ -> {
        double frame = Metrics.FRAME;
        group.add(
            Pen.rectangle(x, top - frame / 2, width, metrics.boxHeight() + frame, CORNER)
                .with("class", "nd-frame"),
            Pen.text("nd-muted", x, top - frame / 2 - 6, "branches"));
        drawBoxes(group, boxes, x + frame, top, metrics.boxWidth());
      }
    }
    return group;
  }

  private static String kind(Piece piece) {
    return switch (piece) {
      case Layer _ -> "layer";
      case ResidualBlock _ -> "block";
      case Branches _ -> "branches";
    };
  }

  private double middle(double top) {
    return top + metrics.boxHeight() / 2;
  }

  private void drawBoxes(Element group, List<Box> boxes, double left, double top, double width) {
    double x = left;
    for (Box box : boxes) {
      drawBox(group, box, x, top, width);
      x += width + metrics.gap();
    }
  }

  /** From a box to the next, with a tip where there is room for one. */
  private void drawStep(Element group, double from, double to, double y, boolean isToBox) {
    boolean isLong = isToBox && metrics.gap() >= ROOM_FOR_TIP;
    group.add(Pen.line("nd-line", from, y, isLong ? to - 5 : to, y));
    if (isLong) {
      group.add(Pen.tipRight("nd-tip", to, y));
    }
  }

  private void drawShortcut(Element group, ResidualBlock block, double x, double sum, double top) {
    double split = x - metrics.split();
    double arc = top - Metrics.ABOVE + Metrics.LABEL_HEIGHT / 2 + 1;
    double end = middle(top) - Metrics.SUM;
    group.add(
        Pen.dot(split, middle(top)),
        Pen.line(
            block.isProjection() ? "nd-line nd-dashed" : "nd-line",
            split,
            middle(top),
            split,
            arc,
            sum,
            arc,
            sum,
            end - 5),
        Pen.tipDown("nd-tip", sum, end));
    if (block.isProjection()) {
      double width = Metrics.labelWidth(block);
      double left = (split + sum - width) / 2;
      double y = arc - Metrics.LABEL_HEIGHT / 2;
      group.add(
          Element.of("g")
              .with("class", fill(block.shortcut()))
              .add(
                  Pen.rectangle(left, y, width, Metrics.LABEL_HEIGHT, CORNER),
                  Pen.text("nd-mid", left + width / 2, arc + 4.5, Metrics.label(block))));
    }
  }

  private void drawBox(Element group, Box box, double x, double top, double width) {
    Element drawn = Element.of("g").with("class", fill(box.layers()));
    drawn.add(Pen.rectangle(x, top, width, metrics.boxHeight(), CORNER));
    List<String> lines = box.lines();
    for (int i = 0; i < lines.size(); i++) {
      double line = middle(top) + (i - (lines.size() - 1) / 2.0) * Metrics.LINE_HEIGHT;
      drawn.add(Pen.text("nd-mid", x + width / 2, line + 4.5, lines.get(i)));
    }
    group.add(drawn);
  }

  private String fill(List<Layer> layers) {
    return times == null ? "nd-tint" + tint : "nd-level" + times.level(times.of(layers));
  }
}
