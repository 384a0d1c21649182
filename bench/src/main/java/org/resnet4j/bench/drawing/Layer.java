package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/**
 * A node with the batch norms and ReLUs that belong to it: those that read it and, where a block
 * begins with them (He et al. 2016, "pre-activation"), those that it reads.
 *
 * @param main what it is called after; itself a batch norm or ReLU only where there is nothing else
 * @param nodes all of them, by id
 */
public record Layer(Node main, List<Node> nodes) implements Piece {
  /** Copies the list. */
  public Layer {
    nodes = List.copyOf(nodes);
  }

  @Override
  public List<Layer> layers() {
    return List.of(this);
  }

  /** Whether a node belongs to another one's layer. */
  static boolean isAttached(Node node) {
    return switch (node.op()) {
      case Op.BatchNorm _, Op.Relu _ -> true;
      case Op.Input _, Op.Conv _, Op.Add _, Op.MaxPool _, Op.GlobalAvgPool _, Op.Linear _ -> false;
    };
  }

  /** The layers that some nodes are, in the order of their first nodes. */
  static List<Layer> of(Collection<Node> nodes) {
    List<List<Node>> layers = new ArrayList<>();
    Map<Integer, List<Node>> byNode = new HashMap<>();
    for (Node node : nodes.stream().sorted(Comparator.comparingInt(Node::id)).toList()) {
      @Nullable List<Node> layer =
          node.inputs().isEmpty() ? null : byNode.get(node.inputs().getFirst());
      if (layer == null || !isOneWith(layer, node)) {
        layer = new ArrayList<>();
        layers.add(layer);
      }
      layer.add(node);
      byNode.put(node.id(), layer);
    }
    return layers.stream().map(Layer::ofNodes).toList();
  }

  private static boolean isOneWith(List<Node> layer, Node reader) {
    return isAttached(reader)
        || (layer.stream().allMatch(Layer::isAttached) && !(reader.op() instanceof Op.Add));
  }

  private static Layer ofNodes(List<Node> nodes) {
    Node main =
        nodes.stream().filter(node -> !isAttached(node)).findFirst().orElse(nodes.getFirst());
    return new Layer(main, nodes);
  }
}
