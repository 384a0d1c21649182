package org.resnet4j.bench.drawing;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;

/**
 * A network as one SVG picture: stem, stages and head below each other, each block its boxes with a
 * shortcut over them, solid for an identity and dashed for a projection. Everything is text and
 * lines; it needs nothing but itself, and suits a light or dark screen and paper.
 *
 * <p>Texts have at least 9 pixels of CSS where the picture is as wide as A4 within margins of 10
 * mm. Immutable and thread-safe.
 *
 * <p>Source: He et al. 2015 (arXiv 1512.03385), figures 3 and 5.
 */
public final class NetworkDrawing {
  private final String name;
  private final Graph graph;
  private final NetworkParts parts;
  private final @Nullable Times times;

  private NetworkDrawing(String name, Graph graph, NetworkParts parts, @Nullable Times times) {
    this.name = name;
    this.graph = graph;
    this.parts = parts;
    this.times = times;
  }

  /**
   * A drawing of any graph, fused or not.
   *
   * @param name what its title says; may be anything
   * @throws ArithmeticException if its multiply-adds are 2<sup>63</sup> or more
   */
  public static NetworkDrawing of(String name, Graph graph) {
    return new NetworkDrawing(name, graph, NetworkParts.of(graph), null);
  }

  /**
   * This drawing with each layer's time as its colour, and each block's as a number. Names of a
   * fused graph serve for the one that is not, since a fused node is called after its convolution.
   *
   * @param millisByNode milliseconds by the names of nodes; a name that the graph lacks counts in
   *     the total alone
   * @throws IllegalArgumentException if a time is negative or no number
   */
  public NetworkDrawing withTimes(Map<String, Double> millisByNode) {
    return new NetworkDrawing(name, graph, parts, Times.of(millisByNode, parts));
  }

  /** The rules that {@link #element} needs in its page, once for all drawings. */
  public static String css() {
    return Palette.css();
  }

  /** A document of its own. */
  public String svg() {
    return draw("nd", true).toString();
  }

  /**
   * An element of a page, as wide as there is room, which {@link #css} has to be in.
   *
   * @param prefix what its ids begin with; another for each drawing of a page
   */
  public Element element(String prefix) {
    return draw(prefix, false);
  }

  private Element draw(String prefix, boolean isAlone) {
    Header header = new Header(name, graph, parts, times);
    PartPainter painter = new PartPainter(Metrics.of(parts), times, header.bottom());
    parts.parts().forEach(painter::add);
    Footer footer = new Footer(parts, painter.bottom());
    double height = footer.bottom();
    Element svg = Element.of("svg");
    if (isAlone) {
      svg.with("xmlns", "http://www.w3.org/2000/svg")
          .with("width", Metrics.WIDTH)
          .with("height", height);
    }
    svg.with("viewBox", "0 0 " + Element.number(Metrics.WIDTH) + " " + Element.number(height))
        .with("class", "nd")
        .with("role", "img")
        .with("aria-labelledby", prefix + "-title " + prefix + "-desc")
        .add(
            Element.of("title", header.title()).with("id", prefix + "-title"),
            Element.of("desc", description()).with("id", prefix + "-desc"));
    if (isAlone) {
      svg.add(Element.of("style", css()));
    }
    return svg.add(Pen.rectangle(0, 0, Metrics.WIDTH, height, 0).with("class", "nd-paper"))
        .add(header.elements())
        .add(painter.elements())
        .add(footer.elements());
  }

  /** The drawing in words. */
  private String description() {
    String stages =
        parts.stages().stream()
            .map(part ->
                "%s: %s of %s"
                    .formatted(
                        Texts.clean(part.name()),
                        Texts.number(part.pieces().size(), "block"),
                        Texts.shape(part.shape())))
            .collect(Collectors.joining("; "));
    long projections = parts.blocks().stream().filter(ResidualBlock::isProjection).count();
    Node output = graph.output();
    return "A network from %s to %s with %s parameters and %s multiply-adds, %s, %s. %s"
        .formatted(
            Texts.shape(graph.inputShape()),
            Texts.shape(output.shape()),
            Texts.count(graph.parameters()),
            Texts.count(graph.multiplyAdds()),
            Texts.number(parts.blocks().size(), "residual block"),
            Texts.number(projections, "projection shortcut"),
            stages);
  }
}
