package org.resnet4j.core.graph.pass;

import org.resnet4j.core.graph.Graph;

/** A rewrite that keeps what the graph computes. Stateless. */
@FunctionalInterface
public interface Pass {
  /** The rewritten graph; {@code graph} itself if there was nothing to do. */
  Graph apply(Graph graph);

  /** This pass followed by {@code next}. */
  default Pass then(Pass next) {
    return graph -> next.apply(apply(graph));
  }
}
