package org.resnet4j.cuda.lowering;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.device.Precisions;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.lowering.CudaStep.AveragePoolStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.CudaStep.InputStep;
import org.resnet4j.cuda.lowering.CudaStep.LogitsStep;
import org.resnet4j.cuda.lowering.CudaStep.MaxPoolStep;

/**
 * A graph in steps for a device. Immutable.
 *
 * @param skeleton without values
 * @param precision of weights and activations
 * @param steps by node id, then a {@link LogitsStep} unless the last node writes the result itself
 */
public record Lowering(Graph skeleton, Precision precision, List<CudaStep> steps) {
  public Lowering {
    steps = List.copyOf(steps);
  }

  /** The distinct convolutions, in the order in which they are first needed. */
  public Set<ConvProblem> problems() {
    Set<ConvProblem> problems = new LinkedHashSet<>();
    for (CudaStep step : steps) {
      if (step instanceof ConvStep conv) {
        problems.add(conv.problem());
      }
    }
    return problems;
  }

  /** How a step's value is stored. */
  public ElementType type(CudaStep step) {
    return step.writesLogits() ? ElementType.F32 : Precisions.elementType(precision);
  }

  /** Numbers in one image of a step's value. */
  public static long elements(CudaStep step) {
    return Math.multiplyExact(step.node().shape().pixels(), step.channels());
  }

  /** Bytes of one image of a step's value. */
  public long bytes(CudaStep step) {
    return Math.multiplyExact(elements(step), type(step).bytes());
  }

  /**
   * What a run does, in order.
   *
   * @param methods names of what is chosen for the convolutions
   */
  public List<StepInfo> infos(Function<ConvProblem, String> methods) {
    return steps.stream().map(step -> info(step, methods)).toList();
  }

  private StepInfo info(CudaStep step, Function<ConvProblem, String> methods) {
    Node node = step.node();
    // The node's own step has counted them.
    long multiplyAdds = step instanceof LogitsStep ? 0 : Counts.multiplyAdds(node);
    return new StepInfo(
        node.name(),
        kernelName(step, methods),
        node.shape(),
        multiplyAdds,
        multiplyAdds,
        step.weightBytes(),
        bytes(step));
  }

  private static String kernelName(CudaStep step, Function<ConvProblem, String> methods) {
    return switch (step) {
      case InputStep _ -> "PACK_NHWC";
      case ConvStep conv -> methods.apply(conv.problem());
      case MaxPoolStep _ -> "MAX_POOL";
      case AveragePoolStep _ -> "GLOBAL_AVG_POOL";
      case LogitsStep _ -> "UNPACK_NHWC";
    };
  }
}
