package org.resnet4j.simd.kernel.conv;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Workspace;

/**
 * A convolution with its weights packed for one algorithm: {@code y = relu(conv(x, w) + bias +
 * residual)} on blocked activations. Weights and biases of a magnitude below 2<sup>-100</sup> count
 * as zero, and so does a ReLU's result. Immutable and thread-safe.
 */
public interface ConvKernel {
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
