package org.resnet4j.simd.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A convolution with its weights packed for one algorithm: {@code y = relu(conv(x, w) + bias +
 * residual)} on blocked activations. Weights and biases of a magnitude below 2<sup>-100</sup> count
 * as zero, and so does a ReLU's result. Immutable and thread-safe.
 */
public sealed interface ConvKernel
    permits ImplicitGemm, Im2colGemm, Strassen, Winograd, DirectStem, Grouped {
  /**
   * Packs weights.
   *
   * @param weight OIHW, {@code [K, C/groups, R, S]}; not kept
   * @param bias {@code [K]} or null
   * @param relu whether negative results become 0
   * @throws IllegalArgumentException if an array has another length than the shape says, or the
   *     algorithm cannot compute it: see {@link ConvAlgorithm#applicable}
   */
  static ConvKernel pack(
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu) {
    ConvChecks.checkParameters(shape, weight, bias);
    return switch (algorithm) {
      case IM2COL_GEMM -> Im2colGemm.pack(shape, width, weight, bias, relu);
      case IMPLICIT_GEMM -> ImplicitGemm.pack(shape, width, weight, bias, relu);
      case STRASSEN_GEMM -> Strassen.pack(shape, width, weight, bias, relu);
      case WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 ->
          Winograd.pack(shape, algorithm, width, weight, bias, relu);
      case DIRECT_STEM -> DirectStem.pack(shape, width, weight, bias, relu);
      case GROUPED -> Grouped.pack(shape, width, weight, bias, relu);
    };
  }

  /** What the weights are packed for. */
  ConvAlgorithm algorithm();

  /** The convolution. */
  ConvShape shape();

  /** Floats the packed weights take. */
  long weightFloats();

  /**
   * Multiply-adds it does for one image: fewer than the definition's where the algorithm does with
   * fewer, more where it pads. By default each weight meets each output pixel.
   */
  default long multiplyAdds() {
    return weightFloats() * shape().outHeight() * shape().outWidth();
  }

  /** The halo the input must have. */
  int inputHalo();

  /** The channels that must lie together in the input: {@link BlockedLayout#block}. */
  default int inputBlock() {
    return BlockedLayout.BLOCK;
  }

  /**
   * Fixes the layouts.
   *
   * @param residual layout of the residual, or null for none
   * @throws IllegalArgumentException if a layout does not fit the shape
   */
  BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace);
}
