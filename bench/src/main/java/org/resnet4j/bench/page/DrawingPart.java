package org.resnet4j.bench.page;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.resnet4j.bench.drawing.NetworkDrawing;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.LayerProfile.Step;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;

/** The part of a page that shows a network as a drawing, coloured by where its time goes. */
final class DrawingPart {
  private DrawingPart() {}

  /**
   * The drawing of a network of the family; of one's own there is none, because results do not hold
   * a graph, nor of layers that are not all of a network.
   *
   * @param id that no other drawing of the page has
   */
  static Element of(LayerProfile profile, String id) {
    Optional<Graph> graph = graph(profile);
    if (graph.isEmpty()) {
      return Element.of(
          "p", "Results hold no graph to draw; resnet4j draw FILE draws a network of your own.");
    }
    Map<String, Double> times = new HashMap<>();
    profile.steps().forEach(step -> times.merge(step.node(), step.millis(), Double::sum));
    return Element.of("div")
        .with("class", "scroll drawing")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", "Drawing of " + profile.model() + ", coloured by time")
        .add(NetworkDrawing.of(profile.model(), graph.orElseThrow()).withTimes(times).element(id));
  }

  /** The graph of a profile's network, if its layers are all of that network's and no others. */
  private static Optional<Graph> graph(LayerProfile profile) {
    List<Integer> size = profile.size();
    Optional<ResNetSpec> spec =
        ResNets.known().stream().filter(one -> one.name().equals(profile.model())).findFirst();
    if (spec.isEmpty()
        || size.getFirst() != spec.get().inChannels()
        || profile.steps().size()
            < spec.get().depths().stream().mapToInt(Integer::intValue).sum()) {
      return Optional.empty();
    }
    Graph graph = ResNet.build(spec.get(), size.get(1), size.get(2), WeightSource.META);
    Set<String> drawn = new HashSet<>();
    Set<String> computing = new HashSet<>();
    for (Node node : graph.nodes()) {
      drawn.add(node.name());
      if (Counts.multiplyAdds(node) > 0) {
        computing.add(node.name());
      }
    }
    for (Step step : profile.steps()) {
      if (step.multiplyAdds() > 0 && !drawn.contains(step.node())) {
        return Optional.empty();
      }
      computing.remove(step.node());
    }
    return computing.isEmpty() ? Optional.of(graph) : Optional.empty();
  }
}
