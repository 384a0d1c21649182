package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.simd.SimdStep.AveragePoolStep;
import org.resnet4j.simd.SimdStep.ConvStep;
import org.resnet4j.simd.SimdStep.InputStep;
import org.resnet4j.simd.SimdStep.MaxPoolStep;
import org.resnet4j.simd.kernel.ConvAlgorithm;
import org.resnet4j.simd.kernel.ConvKernel;
import org.resnet4j.simd.kernel.ConvShape;
import org.resnet4j.simd.kernel.VectorWidth;

/**
 * Lowers a fused graph: one step per node, each convolution with the algorithm its shape calls for.
 */
final class SimdCompiler {
  private SimdCompiler() {}

  static SimdPlan compile(Graph graph, VectorWidth width, WorkerPool pool) {
    graph.requireValues();
    List<SimdStep> steps = new ArrayList<>();
    Graph skeleton = graph.withoutValues();
    for (Node node : graph.nodes()) {
      steps.add(lower(skeleton, node.op(), skeleton.nodes().get(node.id()), width));
    }
    return new SimdPlan(skeleton, steps, pool);
  }

  /**
   * One step.
   *
   * @param op the operator with its weights, which the step packs but does not keep
   * @param node the same node without them
   */
  private static SimdStep lower(Graph graph, Op op, Node node, VectorWidth width) {
    return switch (op) {
      case Op.Input _ -> new InputStep(node);
      case Op.Conv conv -> {
        Shape in = graph.nodes().get(node.inputs().getFirst()).shape();
        ConvShape shape =
            new ConvShape(
                in.channels(),
                conv.outChannels(),
                in.height(),
                in.width(),
                conv.window().kernel(),
                conv.window().stride(),
                conv.window().padding(),
                conv.groups());
        yield convStep(node, shape, width, conv.weight(), conv.bias(), conv.epilogue().relu());
      }
      case Op.Linear linear -> {
        int features = linear.weight().dim(1);
        ConvShape shape = new ConvShape(features, linear.weight().dim(0), 1, 1, 1, 1, 0, 1);
        yield convStep(node, shape, width, linear.weight(), linear.bias(), false);
      }
      case Op.MaxPool pool -> new MaxPoolStep(node, pool.window());
      case Op.GlobalAvgPool _ -> new AveragePoolStep(node);
      case Op.BatchNorm _, Op.Relu _, Op.Add _ ->
          throw new IllegalArgumentException(
              node.name()
                  + ": the simd backend has no kernel for '"
                  + Counts.describe(op)
                  + "' on its own; apply Passes.inference() to the graph first");
    };
  }

  private static ConvStep convStep(
      Node node,
      ConvShape shape,
      VectorWidth width,
      Tensor weight,
      @Nullable Tensor bias,
      boolean relu) {
    ConvKernel kernel =
        ConvKernel.pack(
            shape,
            ConvAlgorithm.choose(shape),
            width,
            weight.data(),
            bias == null ? null : bias.data(),
            relu);
    return new ConvStep(node, kernel);
  }
}
