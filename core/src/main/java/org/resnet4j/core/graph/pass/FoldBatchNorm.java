package org.resnet4j.core.graph.pass;

import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Tensor;

/** See {@link Passes#foldBatchNorm}. */
final class FoldBatchNorm implements Pass {
  @Override
  public Graph apply(Graph graph) {
    return Rewriter.rewrite(graph, FoldBatchNorm::emit);
  }

  private static int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
    if (node.op() instanceof Op.BatchNorm norm
        && rewriter.readsAlone(node, 0)
        && rewriter.emitted(inputs.getFirst()).op() instanceof Op.Conv conv
        && conv.epilogue().equals(Epilogue.NONE)) {
      return rewriter.fuseInto(
          inputs.getFirst(), fold(conv, norm), rewriter.emitted(inputs.getFirst()).inputs());
    }
    return rewriter.copy(node, inputs);
  }

  private static Op.Conv fold(Op.Conv conv, Op.BatchNorm norm) {
    int channels = conv.outChannels();
    boolean meta =
        Stream.concat(conv.tensors().stream(), norm.tensors().stream()).anyMatch(Tensor::isMeta);
    Tensor weight = meta ? Tensor.meta(conv.weight().dims()) : scaledWeight(conv.weight(), norm);
    Tensor bias = meta ? Tensor.meta(channels) : Tensor.of(foldedBias(conv, norm), channels);
    return new Op.Conv(weight, bias, conv.window(), conv.groups(), conv.epilogue());
  }

  /** Lazy, so that a network is never in memory twice because it is folded. */
  private static Tensor scaledWeight(Tensor weight, Op.BatchNorm norm) {
    return Tensor.lazy(() -> scaled(weight, norm), weight.dims());
  }

  private static float[] scaled(Tensor weight, Op.BatchNorm norm) {
    float[] source = weight.data();
    float[] folded = new float[source.length];
    int channels = weight.dim(0);
    int perChannel = source.length / channels;
    for (int k = 0; k < channels; k++) {
      double scale = scale(norm, k);
      for (int i = k * perChannel; i < (k + 1) * perChannel; i++) {
        folded[i] = (float) (source[i] * scale);
      }
    }
    return folded;
  }

  private static float[] foldedBias(Op.Conv conv, Op.BatchNorm norm) {
    float[] folded = new float[conv.outChannels()];
    for (int k = 0; k < folded.length; k++) {
      double bias = conv.bias() == null ? 0.0 : conv.bias().data()[k];
      folded[k] = (float) (norm.beta().data()[k] + (bias - norm.mean().data()[k]) * scale(norm, k));
    }
    return folded;
  }

  private static double scale(Op.BatchNorm norm, int channel) {
    return norm.gamma().data()[channel]
        / Math.sqrt(norm.variance().data()[channel] + norm.epsilon());
  }
}
