package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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
import org.resnet4j.simd.SimdStep.MatrixConvStep;
import org.resnet4j.simd.SimdStep.MaxPoolStep;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.matrix.MatrixConv;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Lowers a fused graph: one step per node, each convolution with the algorithm chosen for its
 * shape, and its weights packed by all threads together.
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
      AlgorithmChooser chooser,
      Element element) {
    graph.requireValues();
    Graph skeleton = graph.withoutValues();
    boolean interleaved = interleaved(skeleton, element);
    if (element == Element.FLOAT32) {
      chooser.prepare(open(skeleton, interleaved));
    }
    List<Supplier<SimdStep>> lowered = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node bare = skeleton.nodes().get(node.id());
      lowered.add(
          element == Element.FLOAT32
              ? lower(skeleton, node.op(), bare, width, chooser, interleaved)
              : lowerForMatrixUnits(skeleton, node.op(), bare, interleaved));
    }
    SimdStep[] steps = new SimdStep[lowered.size()];
    pool.run(steps.length, (step, _) -> steps[step] = lowered.get(step).get());
    return new SimdPlan(skeleton, List.of(steps), pool, machine);
  }

  /** Whether the input has readers and all of them take it pixel-interleaved. */
  private static boolean interleaved(Graph graph, Element element) {
    List<Node> readers =
        graph.nodes().stream().filter(node -> node.inputs().contains(INPUT)).toList();
    return !readers.isEmpty()
        && readers.stream()
            .allMatch(node ->
                node.inputs().lastIndexOf(INPUT) == 0
                    && node.op() instanceof Op.Conv conv
                    && isStem(shape(graph, node, conv), element));
  }

  /** Whether a convolution may read the image pixel-interleaved. */
  private static boolean isStem(ConvShape shape, Element element) {
    return element == Element.FLOAT32
        ? ConvAlgorithms.applicable(shape).contains(ConvAlgorithm.DIRECT_STEM)
        : MatrixConv.isStem(shape);
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
   * One step, whose algorithm is chosen at once and whose weights are packed on demand.
   *
   * @param op the operator with its weights, which the step packs but does not keep
   * @param node the same node without them
   * @param chooser of algorithms, but for an interleaved input
   * @param interleaved how the input lies
   */
  private static Supplier<SimdStep> lower(
      Graph graph,
      Op op,
      Node node,
      VectorWidth width,
      AlgorithmChooser chooser,
      boolean interleaved) {
    return switch (op) {
      case Op.Input _ -> () -> new InputStep(node, interleaved, Element.FLOAT32);
      case Op.Conv conv -> {
        ConvShape shape = shape(graph, node, conv);
        ConvAlgorithm algorithm =
            isStem(node, interleaved) ? ConvAlgorithm.DIRECT_STEM : chooser.choose(shape);
        boolean relu = conv.epilogue().relu();
        yield () -> convStep(node, shape, algorithm, width, conv.weight(), conv.bias(), relu);
      }
      case Op.Linear linear -> {
        ConvShape shape = shape(linear);
        ConvAlgorithm algorithm = chooser.choose(shape);
        yield () -> convStep(node, shape, algorithm, width, linear.weight(), linear.bias(), false);
      }
      case Op.MaxPool pool -> () -> new MaxPoolStep(node, pool.window(), Element.FLOAT32);
      case Op.GlobalAvgPool _ -> () -> new AveragePoolStep(node, Element.FLOAT32);
      case Op.BatchNorm _, Op.Relu _, Op.Add _ -> throw unfused(node, op);
    };
  }

  private static IllegalArgumentException unfused(Node node, Op op) {
    return new IllegalArgumentException(
        node.name()
            + ": the simd backend has no kernel for '"
            + Counts.describe(op)
            + "' on its own; apply Passes.inference() to the graph first");
  }

  /** {@link #lower} in bfloat16. What the graph gives is float32 if a linear layer computes it. */
  private static Supplier<SimdStep> lowerForMatrixUnits(
      Graph graph, Op op, Node node, boolean interleaved) {
    return switch (op) {
      case Op.Input _ -> () -> new InputStep(node, interleaved, Element.BFLOAT16);
      case Op.Conv conv ->
          () ->
              new MatrixConvStep(
                  node,
                  MatrixConv.pack(
                      MatrixUnit.kind(),
                      shape(graph, node, conv),
                      isStem(node, interleaved),
                      conv.weight().data(),
                      data(conv.bias()),
                      conv.epilogue().relu(),
                      false));
      case Op.Linear linear ->
          () ->
              new MatrixConvStep(
                  node,
                  MatrixConv.pack(
                      MatrixUnit.kind(),
                      shape(linear),
                      false,
                      linear.weight().data(),
                      data(linear.bias()),
                      false,
                      node.id() == graph.output().id()));
      case Op.MaxPool pool -> () -> new MaxPoolStep(node, pool.window(), Element.BFLOAT16);
      case Op.GlobalAvgPool _ -> () -> new AveragePoolStep(node, Element.BFLOAT16);
      case Op.BatchNorm _, Op.Relu _, Op.Add _ -> throw unfused(node, op);
    };
  }

  private static float @Nullable [] data(@Nullable Tensor bias) {
    return bias == null ? null : bias.data();
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
        ConvAlgorithms.pack(shape, algorithm, width, weight.data(), data(bias), relu);
    return new ConvStep(node, kernel);
  }
}
