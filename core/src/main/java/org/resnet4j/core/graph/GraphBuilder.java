package org.resnet4j.core.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Appends nodes in execution order, infers each shape and refuses what does not fit; every message
 * names the node. Not thread-safe.
 */
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** An empty graph. */
  public GraphBuilder() {}

  /** {@link #add(String, Op, List)} with the inputs spelt out. */
  public int add(String name, Op op, Integer... inputs) {
    return add(name, op, Arrays.asList(inputs));
  }

  /**
   * Appends a node.
   *
   * @param name unique in the graph
   * @param inputs ids of earlier nodes, as many as {@link Op#arity}
   * @return the new node's id
   * @throws IllegalArgumentException if the name is taken, an input does not exist, or shapes do
   *     not fit
   */
  public int add(String name, Op op, List<Integer> inputs) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(op, "op");
    int id = nodes.size();
    Node node = node(id, name, op, inputs);
    if (!names.add(name)) {
      throw new IllegalArgumentException(name + ": there is already a node of this name");
    }
    nodes.add(node);
    return id;
  }

  /** What fits as node {@code id}. */
  private Node node(int id, String name, Op op, List<Integer> given) {
    List<Integer> inputs = List.copyOf(given); // what is checked is what stays
    if (inputs.size() != op.arity()) {
      throw new IllegalArgumentException(
          name + ": needs " + op.arity() + " inputs, got " + inputs.size());
    }
    if (inputs.stream().anyMatch(input -> input < 0 || input >= id)) {
      throw new IllegalArgumentException(
          name + ": inputs " + inputs + " are not all earlier nodes");
    }
    if ((op instanceof Op.Input) != (id == 0)) {
      throw new IllegalArgumentException(name + ": the first node, and no other, is the input");
    }
    List<Node> sources = inputs.stream().map(nodes::get).toList();
    return new Node(id, name, op, inputs, ShapeInference.infer(name, op, sources));
  }

  /**
   * Replaces node {@code id}, keeping its name: how a pass fuses a consumer into the producer it
   * has just emitted.
   *
   * @throws IllegalArgumentException if an input is no earlier node, or shapes do not fit or differ
   *     from the replaced node's
   * @throws IndexOutOfBoundsException if there is no such node
   */
  public void replace(int id, Op op, List<Integer> inputs) {
    Node old = nodes.get(id);
    Node node = node(id, old.name(), op, inputs);
    if (!node.shape().equals(old.shape())) {
      throw new IllegalArgumentException(
          old.name() + ": replacement has shape " + node.shape() + ", expected " + old.shape());
    }
    nodes.set(id, node);
  }

  /** The node with this id. */
  public Node node(int id) {
    return nodes.get(id);
  }

  /**
   * The graph so far.
   *
   * @throws IllegalStateException if there is no node
   */
  public Graph build() {
    if (nodes.isEmpty()) {
      throw new IllegalStateException("a graph needs an input");
    }
    return new Graph(nodes);
  }
}
