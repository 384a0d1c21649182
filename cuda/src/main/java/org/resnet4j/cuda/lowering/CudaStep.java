package org.resnet4j.cuda.lowering;

import org.resnet4j.core.graph.Node;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.kernels.SlidingWindow;

/**
 * One lowered node: what is to be computed, not yet how. Values are NHWC in the precision's type,
 * but those that {@link #writesLogits}.
 */
public sealed interface CudaStep {
  /** The graph node it computes. */
  Node node();

  /** Channels of its value in memory. */
  int channels();

  /** Whether its value is the result for the caller: float32, NHWC, no channel added. */
  default boolean writesLogits() {
    return switch (this) {
      case ConvStep conv -> conv.problem().scores();
      case LogitsStep _ -> true;
      case InputStep _, MaxPoolStep _, AveragePoolStep _ -> false;
    };
  }

  /** Bytes of packed weights and bias. */
  default long weightBytes() {
    return switch (this) {
      case ConvStep(Node _, ConvProblem problem) -> problem.filterBytes() + problem.biasBytes();
      case LogitsStep logits -> (long) logits.channels() * Float.BYTES;
      case InputStep _, MaxPoolStep _, AveragePoolStep _ -> 0;
    };
  }

  /** Converts the input of either {@link InputForm}; added channels are 0. */
  record InputStep(Node node, int channels) implements CudaStep {}

  /** A convolution with its epilogue. A linear layer is one on a 1x1 image. */
  record ConvStep(Node node, ConvProblem problem) implements CudaStep {
    @Override
    public int channels() {
      return problem.outChannels();
    }
  }

  /** Max pooling. */
  record MaxPoolStep(Node node, int channels, SlidingWindow window) implements CudaStep {}

  /** Global average pooling. */
  record AveragePoolStep(Node node, int channels) implements CudaStep {}

  /**
   * Converts the value of the last node, if that is no linear layer, with a bias of zeros. Its
   * pixels are rows for the kernel; to the caller's NCHW they are turned on the host.
   *
   * @param node the last one
   * @param pitch channels of that value in memory
   */
  record LogitsStep(Node node, int pitch) implements CudaStep {
    @Override
    public int channels() {
      return node.shape().channels();
    }
  }
}
