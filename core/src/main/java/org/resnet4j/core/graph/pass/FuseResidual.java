package org.resnet4j.core.graph.pass;

import java.util.List;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/** See {@link Passes#fuseResidual}. */
final class FuseResidual implements Pass {
  @Override
  public Graph apply(Graph graph) {
    return Rewriter.rewrite(graph, FuseResidual::emit);
  }

  private static int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
    if (node.op() instanceof Op.Add) {
      for (int operand = 0; operand < 2; operand++) {
        int producer = inputs.get(operand);
        int residual = inputs.get(1 - operand);
        // The residual must be computed before the convolution that reads it.
        if (residual < producer
            && rewriter.readsAlone(node, operand)
            && rewriter.emitted(producer).op() instanceof Op.Conv conv
            && conv.epilogue().equals(Epilogue.NONE)) {
          return rewriter.fuseInto(
              producer,
              conv.withEpilogue(Epilogue.NONE.withResidual()),
              List.of(rewriter.emitted(producer).inputs().getFirst(), residual));
        }
      }
    }
    return rewriter.copy(node, inputs);
  }
}
