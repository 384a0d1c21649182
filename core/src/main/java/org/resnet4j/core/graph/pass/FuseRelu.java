package org.resnet4j.core.graph.pass;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;

/** See {@link Passes#fuseRelu}. */
final class FuseRelu implements Pass {
  @Override
  public Graph apply(Graph graph) {
    return Rewriter.rewrite(graph, FuseRelu::emit);
  }

  private static int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
    int producer = inputs.isEmpty() ? -1 : inputs.getFirst();
    if (node.op() instanceof Op.Relu && rewriter.readsAlone(node, 0)) {
      Op.Conv conv = asConv(rewriter.emitted(producer).op());
      if (conv != null) {
        // relu(relu(x)) = relu(x): a convolution that has one already stays as it is.
        return rewriter.fuseInto(
            producer,
            conv.withEpilogue(conv.epilogue().withRelu()),
            rewriter.emitted(producer).inputs());
      }
    }
    return rewriter.copy(node, inputs);
  }

  /** A linear layer is one of a single pixel; null if it is neither. */
  private static Op.@Nullable Conv asConv(Op op) {
    if (op instanceof Op.Linear linear) {
      Tensor weight = linear.weight();
      int[] dims = {weight.dim(0), weight.dim(1), 1, 1};
      Tensor filters = weight.isMeta() ? Tensor.meta(dims) : Tensor.lazy(weight::data, dims);
      return new Op.Conv(filters, linear.bias(), new Window(1, 1, 0), 1, Epilogue.NONE);
    }
    return op instanceof Op.Conv conv ? conv : null;
  }
}
