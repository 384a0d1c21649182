package org.resnet4j.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;

/**
 * One buffer and the steps during which it is in use.
 *
 * @param size in the unit the planner's caller chose, at least 0
 * @param first step that writes it
 * @param last step that reads it, at least {@code first}
 */
public record Lifetime(long size, int first, int last) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public Lifetime {
    if (size < 0 || first < 0 || last < first) {
      throw new IllegalArgumentException(
          "impossible lifetime: " + size + " in " + first + ".." + last);
    }
  }

  /**
   * The lifetime of each node's value, indexed by id: from the node itself to its last reader. The
   * output lives to the end.
   *
   * @param size of a node's value
   */
  public static List<Lifetime> of(Graph graph, ToLongFunction<Node> size) {
    int count = graph.nodes().size();
    int[] last = new int[count];
    for (Node node : graph.nodes()) {
      last[node.id()] = node.id();
      node.inputs().forEach(input -> last[input] = node.id());
    }
    last[graph.output().id()] = count;
    List<Lifetime> lifetimes = new ArrayList<>(count);
    for (Node node : graph.nodes()) {
      lifetimes.add(new Lifetime(size.applyAsLong(node), node.id(), last[node.id()]));
    }
    return lifetimes;
  }

  boolean overlaps(Lifetime other) {
    return first <= other.last && other.first <= last;
  }
}
