package org.resnet4j.simd;

import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Window;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.matrix.MatrixConv;

/** One lowered node: the kernel chosen and its packed weights. Shared by all sessions of a plan. */
sealed interface SimdStep {
  /** The graph node it computes. */
  Node node();

  /** The halo its first input must have. */
  default int inputHalo() {
    return switch (this) {
      case ConvStep conv -> conv.kernel().inputHalo();
      case MatrixConvStep conv -> conv.kernel().inputHalo();
      case InputStep _, MaxPoolStep _, AveragePoolStep _ -> 0;
    };
  }

  /** The channels that must lie together in its first input. */
  default int inputBlock() {
    return switch (this) {
      case ConvStep conv -> conv.kernel().inputBlock();
      case MatrixConvStep conv -> conv.kernel().inputBlock();
      case InputStep(_, _, Element element) -> element.block();
      case MaxPoolStep(_, _, Element element) -> element.block();
      case AveragePoolStep(_, Element element) -> element.block();
    };
  }

  /** What its result consists of. */
  default Element element() {
    return switch (this) {
      case ConvStep _ -> Element.FLOAT32;
      case MatrixConvStep conv -> conv.kernel().floats() ? Element.FLOAT32 : Element.BFLOAT16;
      case InputStep(_, _, Element element) -> element;
      case MaxPoolStep(_, _, Element element) -> element;
      case AveragePoolStep(_, Element element) -> element;
    };
  }

  /** Multiply-adds for one image, as many as the kernel does. */
  default long multiplyAdds() {
    return switch (this) {
      case ConvStep conv -> conv.kernel().multiplyAdds();
      case MatrixConvStep conv -> conv.kernel().multiplyAdds();
      case InputStep _, MaxPoolStep _, AveragePoolStep _ -> 0;
    };
  }

  /** Bytes of packed weights. */
  default long weightBytes() {
    return switch (this) {
      case ConvStep conv -> conv.kernel().weightFloats() * Float.BYTES;
      case MatrixConvStep conv -> conv.kernel().weightBytes();
      case InputStep _, MaxPoolStep _, AveragePoolStep _ -> 0;
    };
  }

  /** What profiles print. */
  default String kernelName() {
    return switch (this) {
      case InputStep(_, boolean interleaved, Element element) ->
          interleaved ? "PACK_NHWC" : "PACK_NCHW" + element.block() + "C";
      case ConvStep conv -> conv.kernel().algorithm().name();
      case MatrixConvStep conv -> conv.kernel().kind() + "_BF16";
      case MaxPoolStep _ -> "MAX_POOL";
      case AveragePoolStep _ -> "GLOBAL_AVG_POOL";
    };
  }

  /**
   * Converts the NCHW input.
   *
   * @param interleaved whether to NHWC, for kernels that read the image pixel-interleaved
   */
  record InputStep(Node node, boolean interleaved, Element element) implements SimdStep {}

  /** A convolution with its epilogue; a linear layer is one on a 1x1 image. */
  record ConvStep(Node node, ConvKernel kernel) implements SimdStep {}

  /** The same on matrix units. */
  record MatrixConvStep(Node node, MatrixConv kernel) implements SimdStep {}

  /** Max pooling. */
  record MaxPoolStep(Node node, Window window, Element element) implements SimdStep {}

  /** Global average pooling. */
  record AveragePoolStep(Node node, Element element) implements SimdStep {}
}
