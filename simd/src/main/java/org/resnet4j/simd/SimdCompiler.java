package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Lowers a fused graph: one step per node, each convolution with the algorithm chosen for its
 * shape.
 */
final class SimdCompiler {
  /** Id of the graph's input. */
  private static final int INPUT = 0;

  private SimdCompiler() {}

  static SimdPlan compile(
      Graph graph,
      VectorWidth width,
      WorkerPool pool,
      MachineModel machine,
      AlgorithmChooser chooser) {
    graph.requireValues();
    List<SimdStep> steps = new ArrayList<>();
    Graph skeleton = graph.withoutValues();
    boolean interleaved = interleaved(skeleton);
    chooser.prepare(open(skeleton, interleaved));
    for (Node node : graph.nodes()) {
      Node bare = skeleton.nodes().get(node.id());
      steps.add(lower(skeleton, node.op(), bare, width, chooser, interleaved));
    }
    return new SimdPlan(skeleton, steps, pool, machine);
  }

  /** Whether the input has readers and all of them take it pixel-interleaved. */
  private static boolean interleaved(Graph graph) {
    List<Node> readers =
        graph.nodes().stream().filter(node -> node.inputs().contains(INPUT)).toList();
    return !readers.isEmpty()
        && readers.stream()
            .allMatch(node ->
                node.inputs().lastIndexOf(INPUT) == 0
                    && node.op() instanceof Op.Conv conv
                    && ConvAlgorithms.applicable(shape(graph, node, conv))
                        .contains(ConvAlgorithm.DIRECT_STEM));
  }

  /** The distinct shapes that are asked for, in their order. */
  private static Set<ConvShape> open(Graph graph, boolean interleaved) {
    Set<ConvShape> shapes = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Conv conv && !isStem(node, interleaved)) {
        shapes.add(shape(graph, node, conv));
      } else if (node.op() instanceof Op.Linear linear) {
        shapes.add(shape(linear));
      }
    }
    return shapes;
  }

  /** Whether it reads the interleaved input. */
  private static boolean isStem(Node node, boolean interleaved) {
    return interleaved && node.inputs().getFirst() == INPUT;
  }

  private static ConvShape shape(Op.Linear linear) {
    return new ConvShape(linear.weight().dim(1), linear.weight().dim(0), 1, 1, 1, 1, 0, 1);
  }

  private static ConvShape shape(Graph graph, Node node, Op.Conv conv) {
    Shape in = graph.nodes().get(node.inputs().getFirst()).shape();
    return new ConvShape(
        in.channels(),
        conv.outChannels(),
        in.height(),
        in.width(),
        conv.window().kernel(),
        conv.window().stride(),
        conv.window().padding(),
        conv.groups());
  }

  /**
   * One step.
   *
   * @param op the operator with its weights, which the step packs but does not keep
   * @param node the same node without them
   * @param chooser of algorithms, but for an interleaved input
   * @param interleaved how the input lies
   */
  private static SimdStep lower(
      Graph graph,
      Op op,
      Node node,
      VectorWidth width,
      AlgorithmChooser chooser,
      boolean interleaved) {
    return switch (op) {
      case Op.Input _ -> new InputStep(node, interleaved);
      case Op.Conv conv -> {
        ConvShape shape = shape(graph, node, conv);
        ConvAlgorithm algorithm =
            isStem(node, interleaved) ? ConvAlgorithm.DIRECT_STEM : chooser.choose(shape);
        boolean relu = conv.epilogue().relu();
        yield convStep(node, shape, algorithm, width, conv.weight(), conv.bias(), relu);
      }
      case Op.Linear linear -> {
        ConvShape shape = shape(linear);
        ConvAlgorithm algorithm = chooser.choose(shape);
        yield convStep(node, shape, algorithm, width, linear.weight(), linear.bias(), false);
      }
      case Op.MaxPool pool -> new MaxPoolStep(node, pool.window());
      case Op.GlobalAvgPool _ -> new AveragePoolStep(node);
      case Op.BatchNorm _, Op.Relu _, Op.Add _ ->
          throw new IllegalArgumentException(
              node.name()
                  + ": the simd backend has no kernel for '"
                  + Counts.describe(op)
                  + "' on its own, but behind a convolution; apply Passes.inference() to the graph first, or"
                  + " choose the reference backend");
    };
  }

  private static ConvStep convStep(
      Node node,
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      Tensor weight,
      @Nullable Tensor bias,
      boolean relu) {
    ConvKernel kernel =
        ConvAlgorithms.pack(
            shape, algorithm, width, weight.data(), bias == null ? null : bias.data(), relu);
    return new ConvStep(node, kernel);
  }
}
