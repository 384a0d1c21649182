package org.resnet4j.core.graph.pass;

import java.util.List;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/**
 * Rebuilds a graph front to back; a rule either copies a node or fuses it into the producer it
 * reads.
 */
final class Rewriter {
  private final int[] uses;
  private final GraphBuilder target = new GraphBuilder();
  private boolean changed;

  private Rewriter(Graph source) {
    this.uses = source.uses();
  }

  /** Emits one node: returns the id, in the new graph, that now holds the node's value. */
  @FunctionalInterface
  interface Rule {
    int emit(Rewriter rewriter, Node node, List<Integer> inputs);
  }

  static Graph rewrite(Graph graph, Rule rule) {
    Rewriter rewriter = new Rewriter(graph);
    int[] renumbered = new int[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      List<Integer> inputs = node.inputs().stream().map(i -> renumbered[i]).toList();
      renumbered[node.id()] = rule.emit(rewriter, node, inputs);
    }
    Graph result = rewriter.target.build();
    // A value nobody reads may stand between the output and the producer it was fused into; then
    // the last node is no longer the output.
    boolean keepsOutput = renumbered[graph.output().id()] == result.output().id();
    return rewriter.changed && keepsOutput ? result : graph;
  }

  /** The node as it is. */
  int copy(Node node, List<Integer> inputs) {
    return target.add(node.name(), node.op(), inputs);
  }

  /** The already emitted node {@code id}. */
  Node emitted(int id) {
    return target.node(id);
  }

  /**
   * Whether operand {@code operand} of {@code node} is read by nobody else, so that its producer
   * may change its value. The output, being the last node, is nobody's operand.
   */
  boolean readsAlone(Node node, int operand) {
    return uses[node.inputs().get(operand)] == 1;
  }

  /** The node with another operator. */
  int replace(Node node, Op op, List<Integer> inputs) {
    changed = true;
    return target.add(node.name(), op, inputs);
  }

  /** Gives the emitted node {@code id} another operator and other inputs. */
  int fuseInto(int id, Op op, List<Integer> inputs) {
    changed = true;
    target.replace(id, op, inputs);
    return id;
  }
}
