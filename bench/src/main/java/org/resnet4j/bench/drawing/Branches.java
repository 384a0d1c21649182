package org.resnet4j.bench.drawing;

import java.util.Comparator;
import java.util.List;
import org.resnet4j.core.graph.Node;

/**
 * Where a network parts and joins in another way than a residual block, such as one block within
 * another.
 *
 * @param layers additions among them, in the order of their first nodes
 */
public record Branches(List<Layer> layers) implements Piece {
  /** Copies the list. */
  public Branches {
    layers = List.copyOf(layers);
  }

  @Override
  public List<Node> nodes() {
    return layers.stream()
        .flatMap(layer -> layer.nodes().stream())
        .sorted(Comparator.comparingInt(Node::id))
        .toList();
  }
}
