package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;

/** Draws parts below each other, each a heading and rows of pieces that an arrow runs through. */
final class PartPainter {
  private static final double HEADING = 24;
  private static final double BELOW_HEADING_OF_LAYERS = 6;
  private static final double BETWEEN_ROWS = 22;
  private static final double BETWEEN_PARTS = 28;
  private static final double FOR_TIMES = 18;

  /** Where the arrow runs from a row to the next: below the row, and left of all. */
  private static final double RAIL_BELOW = 11;

  private static final double RAIL_LEFT = 8;
  private static final double RAIL_RIGHT = 7;

  private final Metrics metrics;
  private final @Nullable Times times;
  private final List<Element> lines = new ArrayList<>();
  private final List<Element> pieces = new ArrayList<>();
  private double y;

  /** Where the arrow left the last row; NaN before the first. */
  private double endX = Double.NaN;

  private double endY;
  private int stages;

  PartPainter(Metrics metrics, @Nullable Times times, double top) {
    this.metrics = metrics;
    this.times = times;
    this.y = top;
  }

  /** Everything that was drawn, the arrow below the boxes. */
  List<Element> elements() {
    List<Element> all = new ArrayList<>(lines);
    all.addAll(pieces);
    return all;
  }

  /** Where the last row ends. */
  double bottom() {
    return y;
  }

  void add(Part part) {
    boolean isStage = part.kind() == Part.Kind.STAGE;
    if (!Double.isNaN(endX)) {
      y += BETWEEN_PARTS;
    }
    pieces.add(heading(part));
    y += HEADING + (isStage ? 0 : BELOW_HEADING_OF_LAYERS);
    int tint = isStage ? 1 + stages++ % (Palette.TINTS - 1) : 0;
    boolean isFirst = true;
    for (List<Piece> row : rows(part.pieces())) {
      y += isFirst ? 0 : BETWEEN_ROWS;
      addRow(row, isStage ? Metrics.ABOVE : 0, tint);
      isFirst = false;
    }
  }

  private Element heading(Part part) {
    List<String> facts = new ArrayList<>();
    if (part.kind() == Part.Kind.STAGE) {
      facts.add(Texts.number(part.pieces().size(), "block"));
    }
    facts.add(Texts.shape(part.shape()));
    facts.add(Texts.count(part.parameters()) + " parameters");
    facts.add(Texts.count(part.multiplyAdds()) + " multiply-adds");
    if (times != null) {
      double millis = times.of(part.pieces());
      facts.add(
          Texts.millis(millis)
              + (millis == 0 ? "" : " (" + Texts.percent(millis / times.total()) + ")"));
    }
    String name = Texts.clean(part.name());
    double room = Metrics.RIGHT - Metrics.LEFT - 1.1 * Texts.width(name, Metrics.MEDIUM);
    String rest = Texts.cut(" · " + String.join(" · ", facts), Metrics.MEDIUM, room);
    return Pen.text("nd-head", Metrics.LEFT, y + 14, "")
        .add(
            Element.of("tspan", name).with("class", "nd-bold"),
            Element.of("tspan", rest).with("class", "nd-muted"));
  }

  private List<List<Piece>> rows(List<Piece> all) {
    List<List<Piece>> rows = new ArrayList<>();
    double x = Double.POSITIVE_INFINITY;
    for (Piece piece : all) {
      double width = metrics.width(piece);
      if (x + width > Metrics.RIGHT + 0.01) {
        rows.add(new ArrayList<>());
        x = Metrics.LEFT;
      }
      rows.getLast().add(piece);
      x += width + metrics.before();
    }
    return rows;
  }

  private void addRow(List<Piece> row, double above, int tint) {
    double top = y + above;
    double middle = top + metrics.boxHeight() / 2;
    double x = Metrics.LEFT;
    if (!Double.isNaN(endX)) {
      double below = endY + metrics.boxHeight() / 2 + (times == null ? 0 : FOR_TIMES) + RAIL_BELOW;
      double right = endX + RAIL_RIGHT;
      double left = RAIL_LEFT;
      double entry = x - metrics.split();
      lines.add(
          Pen.line(
              "nd-rail", endX, endY, right, endY, right, below, left, below, left, middle, entry,
              middle));
      addArrow(entry, x, middle);
    }
    for (Piece piece : row) {
      if (x > Metrics.LEFT) {
        addArrow(x - metrics.before(), x, middle);
      }
      double width = metrics.width(piece);
      pieces.add(new PiecePainter(metrics, times, tint).draw(piece, x, top));
      if (times != null && times.of(piece) > 0) {
        pieces.add(
            Pen.text(
                "nd-mid",
                x + width / 2,
                top + metrics.boxHeight() + FOR_TIMES - 3,
                Texts.millis(times.of(piece))));
      }
      x += width + metrics.before();
    }
    endX = x - metrics.before();
    endY = middle;
    y = top + metrics.boxHeight() + (times == null ? 0 : FOR_TIMES);
  }

  private void addArrow(double from, double to, double at) {
    lines.add(Pen.line("nd-line", from, at, to - 5, at));
    lines.add(Pen.tipRight("nd-tip", to, at));
  }
}
