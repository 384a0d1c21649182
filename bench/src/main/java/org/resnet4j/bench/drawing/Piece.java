package org.resnet4j.bench.drawing;

import java.util.List;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.Shape;

/**
 * A part of a network that every path from its input to its output runs through. Immutable and
 * thread-safe.
 */
public sealed interface Piece permits Layer, ResidualBlock, Branches {
  /** All its nodes, by id; the last one's value is the piece's. */
  List<Node> nodes();

  /** Its layers, each once. */
  List<Layer> layers();

  /** Shape of its value, per image. */
  default Shape shape() {
    return nodes().getLast().shape();
  }

  /** As {@link org.resnet4j.core.graph.Graph#parameters} counts them. */
  default long parameters() {
    return nodes().stream().mapToLong(node -> Counts.parameters(node.op())).sum();
  }

  /** Of one image, as {@link org.resnet4j.core.graph.Graph#multiplyAdds} counts them. */
  default long multiplyAdds() {
    return nodes().stream().mapToLong(Counts::multiplyAdds).reduce(0, Math::addExact);
  }
}
