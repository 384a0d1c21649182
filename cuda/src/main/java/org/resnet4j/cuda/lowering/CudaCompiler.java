package org.resnet4j.cuda.lowering;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.device.Precisions;
import org.resnet4j.cuda.kernels.SlidingWindow;
import org.resnet4j.cuda.lowering.CudaStep.AveragePoolStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.CudaStep.InputStep;
import org.resnet4j.cuda.lowering.CudaStep.LogitsStep;
import org.resnet4j.cuda.lowering.CudaStep.MaxPoolStep;

/** Lowers a fused graph. Needs neither device nor weights. */
public final class CudaCompiler {
  private final Graph skeleton;
  private final Precision precision;
  private final int[] channels;

  private CudaCompiler(Graph skeleton, Precision precision) {
    this.skeleton = skeleton;
    this.precision = precision;
    this.channels = ChannelLayout.of(skeleton, Precisions.channelMultiple(precision));
  }

  /**
   * One step per node, and one more where the last node's value must be converted for the caller.
   *
   * @throws IllegalArgumentException if an operator is none of those that {@link
   *     org.resnet4j.core.graph.pass.Passes#inference} leaves; names the node
   */
  public static Lowering lower(Graph graph, Precision precision) {
    CudaCompiler compiler = new CudaCompiler(graph.withoutValues(), precision);
    List<CudaStep> steps = new ArrayList<>();
    for (Node node : compiler.skeleton.nodes()) {
      steps.add(compiler.lower(node));
    }
    if (!steps.getLast().writesLogits()) {
      steps.add(new LogitsStep(steps.getLast().node(), steps.getLast().channels()));
    }
    return new Lowering(compiler.skeleton, precision, steps);
  }

  private CudaStep lower(Node node) {
    int own = channels[node.id()];
    return switch (node.op()) {
      case Op.Input _ -> new InputStep(node, own);
      case Op.Conv conv -> new ConvStep(node, problem(node, conv));
      case Op.MaxPool pool -> new MaxPoolStep(node, own, window(source(node), pool.window()));
      case Op.GlobalAvgPool _ -> new AveragePoolStep(node, own);
      case Op.Linear _ -> {
        boolean last = node.equals(skeleton.output());
        yield new ConvStep(
            node, ConvProblem.linear(channels[source(node).id()], own, precision, last));
      }
      case Op.BatchNorm _, Op.Relu _, Op.Add _ ->
          throw new IllegalArgumentException(
              node.name()
                  + ": the cuda backend has no kernel for '"
                  + Counts.describe(node.op())
                  + "' on its own; apply Passes.inference() to the graph first");
    };
  }

  private ConvProblem problem(Node node, Op.Conv conv) {
    Node source = source(node);
    return new ConvProblem(
        channels[source.id()],
        channels[node.id()],
        source.shape().height(),
        source.shape().width(),
        conv.window(),
        conv.groups(),
        conv.epilogue().residual(),
        conv.epilogue().relu(),
        precision,
        false);
  }

  private static SlidingWindow window(Node source, Window window) {
    Shape image = source.shape();
    return new SlidingWindow(
        image.height(), image.width(), window.kernel(), window.stride(), window.padding());
  }

  private Node source(Node node) {
    return skeleton.nodes().get(node.inputs().getFirst());
  }
}
