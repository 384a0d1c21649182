package org.resnet4j.core.graph;

import org.resnet4j.core.tensor.Tensor;

/** What a node costs and how it reads in a table. */
public final class Counts {
  private Counts() {}

  /** Learnable parameters of an operator: weights and biases, without running statistics. */
  public static long parameters(Op op) {
    return op instanceof Op.BatchNorm norm
        ? norm.gamma().size() + (long) norm.beta().size()
        : op.tensors().stream().mapToLong(Tensor::size).sum();
  }

  /**
   * Multiply-adds of one image; only convolutions and linear layers count.
   *
   * @throws ArithmeticException if there are 2<sup>63</sup> or more
   */
  public static long multiplyAdds(Node node) {
    return switch (node.op()) {
      case Op.Conv conv -> Math.multiplyExact(conv.weight().size(), node.shape().pixels());
      case Op.Linear linear -> linear.weight().size();
      case Op.Input _, Op.BatchNorm _, Op.Relu _, Op.Add _, Op.MaxPool _, Op.GlobalAvgPool _ -> 0;
    };
  }

  /** A short description such as {@code "conv 3x3/2 pad 1, 32 groups + residual + relu"}. */
  public static String describe(Op op) {
    return switch (op) {
      case Op.Input _ -> "input";
      case Op.Conv conv ->
          "conv "
              + conv.window()
              + (conv.groups() == 1 ? "" : ", " + conv.groups() + " groups")
              + (conv.bias() == null ? "" : " + bias")
              + (conv.epilogue().residual() ? " + residual" : "")
              + (conv.epilogue().relu() ? " + relu" : "");
      case Op.BatchNorm _ -> "batch norm";
      case Op.Relu _ -> "relu";
      case Op.Add _ -> "add";
      case Op.MaxPool pool -> "max pool " + pool.window();
      case Op.GlobalAvgPool _ -> "global average pool";
      case Op.Linear _ -> "linear";
    };
  }
}
