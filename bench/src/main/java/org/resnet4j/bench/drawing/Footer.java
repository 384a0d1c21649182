package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.core.graph.Op;

/** What stands below a drawing: how its boxes are read. */
final class Footer {
  private static final double ABOVE = 40;
  private static final double BELOW = 26;
  private static final double LINE = 18;

  private final NetworkParts parts;
  private final double top;

  Footer(NetworkParts parts, double top) {
    this.parts = parts;
    this.top = top;
  }

  double bottom() {
    return top + ABOVE + (hasUnread() ? LINE : 0) + BELOW;
  }

  List<Element> elements() {
    List<String> notes = new ArrayList<>();
    List<Op.Conv> convs =
        parts.pieces().stream()
            .flatMap(piece -> piece.layers().stream())
            .map(layer -> layer.main().op())
            .filter(Op.Conv.class::isInstance)
            .map(Op.Conv.class::cast)
            .toList();
    if (!convs.isEmpty()) {
      notes.add("convolutions: kernel/stride, output channels");
    }
    if (convs.stream().anyMatch(conv -> conv.groups() > 1)) {
      notes.add("C: groups");
    }
    notes.add("shapes: channels × height × width");
    notes.add("batch norms and ReLUs belong to the boxes before them");
    List<Element> lines = new ArrayList<>();
    lines.add(Pen.text("nd-muted", Metrics.LEFT, top + ABOVE, String.join(" · ", notes)));
    if (hasUnread()) {
      lines.add(
          Pen.text(
              "nd-muted",
              Metrics.LEFT,
              top + ABOVE + LINE,
              "not drawn: "
                  + Texts.number(parts.unread().size(), "node")
                  + " that the output does not depend on"));
    }
    return lines;
  }

  private boolean hasUnread() {
    return !parts.unread().isEmpty();
  }
}
