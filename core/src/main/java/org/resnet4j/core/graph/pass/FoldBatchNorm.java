package org.resnet4j.core.graph.pass;

import java.util.IdentityHashMap;
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
    return Rewriter.rewrite(graph, new Folding()::emit);
  }

  /** Weights as they were, and what their output channels are multiplied with. */
  private static final class Scaled {
    final Tensor source;
    final double[] scales;

    Scaled(Tensor source, double[] scales) {
      this.source = source;
      this.scales = scales;
    }

    float[] values() {
      float[] values = source.data();
      float[] scaled = new float[values.length];
      int perChannel = values.length / scales.length;
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (values[i] * scales[i / perChannel]);
      }
      return scaled;
    }
  }

  /** What a channel is multiplied with. */
  static double scale(Op.BatchNorm norm, int channel) {
    return norm.gamma().data()[channel]
        / Math.sqrt(norm.variance().data()[channel] + norm.epsilon());
  }

  /** Of one graph. */
  private static final class Folding {
    /** By the weights made of them: however many norms follow, the first ones are multiplied. */
    private final IdentityHashMap<Tensor, Scaled> made = new IdentityHashMap<>();

    int emit(Rewriter rewriter, Node node, List<Integer> inputs) {
      if (node.op() instanceof Op.BatchNorm norm
          && rewriter.readsAlone(node, 0)
          && rewriter.emitted(inputs.getFirst()).op() instanceof Op.Conv conv
          && conv.epilogue().equals(Epilogue.NONE)) {
        return rewriter.fuseInto(
            inputs.getFirst(), fold(conv, norm), rewriter.emitted(inputs.getFirst()).inputs());
      }
      return rewriter.copy(node, inputs);
    }

    private Op.Conv fold(Op.Conv conv, Op.BatchNorm norm) {
      int channels = conv.outChannels();
      boolean meta =
          Stream.concat(conv.tensors().stream(), norm.tensors().stream()).anyMatch(Tensor::isMeta);
      Tensor weight = meta ? Tensor.meta(conv.weight().dims()) : scaledWeight(conv.weight(), norm);
      Tensor bias = meta ? Tensor.meta(channels) : Tensor.of(foldedBias(conv, norm), channels);
      return new Op.Conv(weight, bias, conv.window(), conv.groups(), conv.epilogue());
    }

    /** Lazy, so that a network is never in memory twice because it is folded. */
    private Tensor scaledWeight(Tensor weight, Op.BatchNorm norm) {
      Scaled before = made.remove(weight);
      double[] scales = new double[weight.dim(0)];
      for (int k = 0; k < scales.length; k++) {
        scales[k] = (before == null ? 1 : before.scales[k]) * scale(norm, k);
      }
      Scaled scaled = new Scaled(before == null ? weight : before.source, scales);
      Tensor tensor = Tensor.lazy(scaled::values, weight.dims());
      made.put(tensor, scaled);
      return tensor;
    }

    private static float[] foldedBias(Op.Conv conv, Op.BatchNorm norm) {
      float[] folded = new float[conv.outChannels()];
      for (int k = 0; k < folded.length; k++) {
        double bias = conv.bias() == null ? 0.0 : conv.bias().data()[k];
        folded[k] =
            (float) (norm.beta().data()[k] + (bias - norm.mean().data()[k]) * scale(norm, k));
      }
      return folded;
    }
  }
}
