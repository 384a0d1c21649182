package org.resnet4j.core.graph.pass;

import java.util.Arrays;
import java.util.List;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;

/** See {@link Passes#loneAsConv}. */
final class LoneAsConv implements Pass {
  private static final Window PIXEL = new Window(1, 1, 0);

  private final Class<? extends Op> kind;

  LoneAsConv(Class<? extends Op> kind) {
    this.kind = kind;
  }

  @Override
  public Graph apply(Graph graph) {
    return Rewriter.rewrite(graph, this::emit);
  }

  private int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
    int channels = node.shape().channels();
    return !kind.isInstance(node.op())
        ? rewriter.copy(node, inputs)
        : switch (node.op()) {
          case Op.BatchNorm norm -> rewriter.replace(node, scaling(norm, channels), inputs);
          case Op.Add _ ->
              rewriter.replace(node, copying(channels, Epilogue.NONE.withResidual()), inputs);
          case Op.Relu _ ->
              rewriter.replace(node, copying(channels, Epilogue.NONE.withRelu()), inputs);
          default -> rewriter.copy(node, inputs);
        };
  }

  private static Op.Conv copying(int channels, Epilogue epilogue) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1f);
    return new Op.Conv(Tensor.of(ones, channels, 1, 1, 1), null, PIXEL, channels, epilogue);
  }

  private static Op.Conv scaling(Op.BatchNorm norm, int channels) {
    if (norm.tensors().stream().anyMatch(Tensor::isMeta)) {
      return new Op.Conv(
          Tensor.meta(channels, 1, 1, 1), Tensor.meta(channels), PIXEL, channels, Epilogue.NONE);
    }
    float[] scales = new float[channels];
    float[] shifts = new float[channels];
    for (int c = 0; c < channels; c++) {
      double scale = FoldBatchNorm.scale(norm, c);
      scales[c] = (float) scale;
      shifts[c] = (float) (norm.beta().data()[c] - norm.mean().data()[c] * scale);
    }
    return new Op.Conv(
        Tensor.of(scales, channels, 1, 1, 1),
        Tensor.of(shifts, channels),
        PIXEL,
        channels,
        Epilogue.NONE);
  }
}
