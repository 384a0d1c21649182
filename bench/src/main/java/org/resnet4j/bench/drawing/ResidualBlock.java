package org.resnet4j.bench.drawing;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.core.graph.Node;

/**
 * A residual block: its input goes through a path and along a shortcut, and both are added. Source:
 * He et al. 2015, section 3.2.
 *
 * @param path the longer of the two ways, in order; at least one layer
 * @param shortcut the layers on the other; empty for an identity
 * @param rest the addition, unless it is part of a fused convolution, and what follows it
 */
public record ResidualBlock(List<Layer> path, List<Layer> shortcut, List<Node> rest)
    implements Piece {
  /** Copies the lists. */
  public ResidualBlock {
    path = List.copyOf(path);
    shortcut = List.copyOf(shortcut);
    rest = List.copyOf(rest);
  }

  /** Whether something is computed on the shortcut. */
  public boolean isProjection() {
    return !shortcut.isEmpty();
  }

  @Override
  public List<Layer> layers() {
    return Stream.concat(path.stream(), shortcut.stream()).toList();
  }

  @Override
  public List<Node> nodes() {
    return Stream.concat(layers().stream().flatMap(layer -> layer.nodes().stream()), rest.stream())
        .sorted(Comparator.comparingInt(Node::id))
        .toList();
  }
}
