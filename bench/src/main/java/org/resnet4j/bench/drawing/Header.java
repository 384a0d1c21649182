package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.core.graph.Graph;

/** What stands over a drawing: the network's name, its sums, and what signs and colours mean. */
final class Header {
  private static final double NAME = 44;
  private static final double SUMS = 70;
  private static final double LEGEND = 99;
  private static final double BOTTOM = 130;
  private static final double SAMPLE = 30;
  private static final double BETWEEN = 26;

  private final String title;
  private final Graph graph;
  private final NetworkParts parts;
  private final @Nullable Times times;

  Header(String name, Graph graph, NetworkParts parts, @Nullable Times times) {
    String shown = Texts.cut(name.strip(), 1.1 * Metrics.LARGE, Metrics.RIGHT - Metrics.LEFT);
    this.title = shown.isEmpty() ? "network" : Texts.clean(shown);
    this.graph = graph;
    this.parts = parts;
    this.times = times;
  }

  /** The name, as far as it fits. */
  String title() {
    return title;
  }

  double bottom() {
    return hasLegend() ? BOTTOM : LEGEND;
  }

  private boolean hasLegend() {
    return times != null || !parts.blocks().isEmpty();
  }

  List<Element> elements() {
    List<Element> all = new ArrayList<>();
    all.add(Pen.text("nd-name", Metrics.LEFT, NAME, title));
    all.add(Pen.text("nd-head nd-muted", Metrics.LEFT, SUMS, sums()));
    double x = addShortcuts(all);
    if (times != null) {
      addScale(all, x);
    }
    return all;
  }

  private String sums() {
    String sums =
        "%s parameters · %s multiply-adds · input %s"
            .formatted(
                Texts.count(graph.parameters()),
                Texts.count(graph.multiplyAdds()),
                Texts.shape(graph.inputShape()));
    if (times == null) {
      return sums;
    }
    double other = times.total() - times.drawn();
    return sums
        + " · "
        + Texts.millis(times.total())
        + (other > 1e-6 * times.total()
            ? ", of which " + Texts.millis(other) + " in steps that are not drawn"
            : "");
  }

  /** Samples of the shortcuts that occur; returns where the next may begin. */
  private double addShortcuts(List<Element> all) {
    double x = Metrics.LEFT;
    boolean isProjection = false;
    for (String meaning : List.of("identity shortcut", "projection shortcut")) {
      boolean wanted = isProjection;
      if (parts.blocks().stream().anyMatch(block -> block.isProjection() == wanted)) {
        double y = LEGEND - 4.5;
        all.add(Pen.line(wanted ? "nd-line nd-dashed" : "nd-line", x, y, x + SAMPLE - 5, y));
        all.add(Pen.tipRight("nd-tip", x + SAMPLE, y));
        x = addMeaning(all, meaning, x + SAMPLE + 8);
      }
      isProjection = true;
    }
    if (!parts.blocks().isEmpty()) {
      all.add(Pen.sum(x + Metrics.SUM, LEGEND - 4.5));
      x = addMeaning(all, "addition", x + 2 * Metrics.SUM + 8);
    }
    return x;
  }

  private static double addMeaning(List<Element> all, String meaning, double x) {
    all.add(Pen.text("nd-muted", x, LEGEND, meaning));
    return x + Texts.width(meaning, Metrics.SMALL) + BETWEEN;
  }

  /** The colours of times, from none to the longest. */
  private void addScale(List<Element> all, double left) {
    double longest = times == null ? 0 : times.longest();
    double x = addMeaning(all, "time of a layer: 0", left) - BETWEEN + 8;
    for (int i = 0; i < Times.LEVELS; i++) {
      all.add(
          Element.of("g")
              .with("class", "nd-level" + i)
              .add(Pen.rectangle(x, LEGEND - 12, 24, 15, 0)));
      x += 24;
    }
    addMeaning(all, "to " + Texts.millis(longest), x + 8);
  }
}
