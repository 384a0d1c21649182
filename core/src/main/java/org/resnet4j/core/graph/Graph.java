package org.resnet4j.core.graph;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/**
 * A network: nodes in execution order, node {@code i} having id {@code i}; the first is the only
 * {@link Op.Input}, the last is the output. Immutable and thread-safe; shapes are per image.
 *
 * <p>Built by {@link GraphBuilder}, which checks every shape.
 *
 * @param nodes at least one
 */
public record Graph(List<Node> nodes) {
  /** Copies the list. */
  public Graph {
    nodes = List.copyOf(nodes);
  }

  /** Shape of the network's input. */
  public Shape inputShape() {
    return nodes.getFirst().shape();
  }

  /** The node whose value is the network's result. */
  public Node output() {
    return nodes.getLast();
  }

  /**
   * The node called {@code name}.
   *
   * @throws NoSuchElementException if there is none
   */
  public Node node(String name) {
    return nodes.stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no node '" + name + "' in the graph"));
  }

  /** How many nodes read each value, indexed by id. */
  public int[] uses() {
    int[] uses = new int[nodes.size()];
    nodes.forEach(node -> node.inputs().forEach(input -> uses[input]++));
    return uses;
  }

  /**
   * Learnable parameters, as PyTorch counts them: weights and biases, without running statistics.
   */
  public long parameters() {
    return nodes.stream().mapToLong(node -> Counts.parameters(node.op())).reduce(0, Math::addExact);
  }

  /**
   * Multiply-adds of one image in convolutions and linear layers, as the ResNet paper counts its
   * FLOPs.
   *
   * @throws ArithmeticException if there are 2<sup>63</sup> or more
   */
  public long multiplyAdds() {
    return nodes.stream().mapToLong(Counts::multiplyAdds).reduce(0, Math::addExact);
  }

  /**
   * Checks that every parameter has values: what a backend does before it packs weights.
   *
   * @throws IllegalArgumentException if one is a meta tensor; names the node
   */
  public void requireValues() {
    for (Node node : nodes) {
      if (node.op().tensors().stream().anyMatch(Tensor::isMeta)) {
        throw new IllegalArgumentException(
            node.name() + ": has a meta tensor, which has no values to compute with");
      }
    }
  }

  /**
   * This graph with meta tensors for parameters: what a plan may keep without keeping the weights
   * alive.
   */
  public Graph withoutValues() {
    return withTensors(tensor -> Tensor.meta(tensor.dims()));
  }

  /** This graph with the values of lazy tensors computed, once. */
  public Graph withComputedValues() {
    return withTensors(tensor -> Tensor.of(tensor.data(), tensor.dims()));
  }

  private Graph withTensors(UnaryOperator<Tensor> change) {
    return new Graph(
        nodes.stream()
            .map(node ->
                new Node(
                    node.id(),
                    node.name(),
                    node.op().withTensors(change),
                    node.inputs(),
                    node.shape()))
            .toList());
  }

  /**
   * This graph for images of another size; the parameters are shared.
   *
   * @throws IllegalArgumentException if a node cannot take the new shape, such as a window that
   *     does not fit; names the node
   */
  public Graph withInputShape(Shape image) {
    GraphBuilder resized = new GraphBuilder();
    for (Node node : nodes) {
      Op op = node.op() instanceof Op.Input ? new Op.Input(image) : node.op();
      resized.add(node.name(), op, node.inputs());
    }
    return resized.build();
  }

  /** One line a node: id, name, operator, inputs, shape. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append(
          String.format(
              "%4s  %-24s %-40s <- %-10s %s%n",
              node.id(), node.name(), Counts.describe(node.op()), node.inputs(), node.shape()));
    }
    return text.toString();
  }
}
