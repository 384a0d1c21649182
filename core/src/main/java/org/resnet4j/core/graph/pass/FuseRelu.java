package org.resnet4j.core.graph.pass;

import java.util.List;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/** See {@link Passes#fuseRelu}. */
final class FuseRelu implements Pass {
  @Override
  public Graph apply(Graph graph) {
    return Rewriter.rewrite(graph, FuseRelu::emit);
  }

  private static int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
    int producer = inputs.isEmpty() ? -1 : inputs.getFirst();
    if (node.op() instanceof Op.Relu
        && rewriter.readsAlone(node, 0)
        && rewriter.emitted(producer).op() instanceof Op.Conv conv) {
      // relu(relu(x)) = relu(x): a convolution that has one already stays as it is.
      return rewriter.fuseInto(
          producer,
          conv.withEpilogue(conv.epilogue().withRelu()),
          rewriter.emitted(producer).inputs());
    }
    return rewriter.copy(node, inputs);
  }
}
