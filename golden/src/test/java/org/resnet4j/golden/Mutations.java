package org.resnet4j.golden;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;

/** Changes to an unfused network, each of which makes it another one. */
final class Mutations {
  private Mutations() {}

  /** Emits a node, or something else for it; returns the id that stands for its value. */
  @FunctionalInterface
  interface Rule {
    int emit(GraphBuilder target, Node node, List<Integer> inputs);
  }

  /** Changes values in place. */
  @FunctionalInterface
  interface Edit {
    void apply(float[] values);
  }

  static UnaryOperator<Graph> rewrite(Rule rule) {
    return graph -> {
      GraphBuilder target = new GraphBuilder();
      int[] ids = new int[graph.nodes().size()];
      for (Node node : graph.nodes()) {
        List<Integer> inputs = node.inputs().stream().map(i -> ids[i]).toList();
        ids[node.id()] = rule.emit(target, node, inputs);
      }
      return target.build();
    };
  }

  /** Another rule for one node; fails if there is no such node. */
  static UnaryOperator<Graph> at(String name, Rule rule) {
    return graph -> {
      graph.node(name);
      return rewrite((target, node, inputs) ->
              node.name().equals(name)
                  ? rule.emit(target, node, inputs)
                  : target.add(node.name(), node.op(), inputs))
          .apply(graph);
    };
  }

  /** The node's value is its operand {@code which}. */
  static UnaryOperator<Graph> bypass(String name, int which) {
    return at(name, (_, _, inputs) -> inputs.get(which));
  }

  static UnaryOperator<Graph> op(String name, UnaryOperator<Op> change) {
    return at(name, (target, node, inputs) -> target.add(name, change.apply(node.op()), inputs));
  }

  static Op.Conv withWindow(Op.Conv conv, Window window) {
    return new Op.Conv(conv.weight(), conv.bias(), window, conv.groups(), conv.epilogue());
  }

  /** Edits a copy of the weights of a convolution. */
  static UnaryOperator<Graph> weights(String conv, Edit edit) {
    return op(
        conv,
        op -> {
          Op.Conv old = (Op.Conv) op;
          return new Op.Conv(
              edited(old.weight(), edit), old.bias(), old.window(), old.groups(), old.epilogue());
        });
  }

  static UnaryOperator<Graph> classifier(UnaryOperator<Op.Linear> change) {
    return op("fc", op -> change.apply((Op.Linear) op));
  }

  static UnaryOperator<Graph> norm(String name, UnaryOperator<Op.BatchNorm> change) {
    return op(name, op -> change.apply((Op.BatchNorm) op));
  }

  static Tensor edited(Tensor tensor, Edit edit) {
    float[] values = tensor.data().clone();
    edit.apply(values);
    return Tensor.of(values, tensor.dims());
  }

  static Tensor filled(Tensor like, float value) {
    return edited(like, values -> Arrays.fill(values, value));
  }

  /** Exchanges blocks {@code a} and {@code b} of {@code size} values. */
  static void swap(float[] values, int size, int a, int b) {
    float[] first = Arrays.copyOfRange(values, a * size, (a + 1) * size);
    System.arraycopy(values, b * size, values, a * size, size);
    System.arraycopy(first, 0, values, b * size, size);
  }

  /** Reverses each run of {@code size} values: a kernel turned by 180 degrees. */
  static void reverse(float[] values, int size) {
    for (int from = 0; from < values.length; from += size) {
      for (int i = 0; i < size / 2; i++) {
        swap(values, 1, from + i, from + size - 1 - i);
      }
    }
  }
}
