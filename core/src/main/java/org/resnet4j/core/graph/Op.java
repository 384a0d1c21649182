package org.resnet4j.core.graph;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/**
 * One operator with its parameters. The set is closed: it is the ResNet family's, and every backend
 * handles all of what {@link org.resnet4j.core.graph.pass.Passes#inference} leaves.
 */
public sealed interface Op {
  /** The number of values a node with this operator reads. */
  default int arity() {
    return switch (this) {
      case Input _ -> 0;
      case Add _ -> 2;
      case Conv conv -> conv.epilogue().residual() ? 2 : 1;
      case BatchNorm _, Relu _, MaxPool _, GlobalAvgPool _, Linear _ -> 1;
    };
  }

  /** Every tensor the operator holds, running statistics included. */
  default List<Tensor> tensors() {
    return switch (this) {
      case Conv conv ->
          conv.bias() == null ? List.of(conv.weight()) : List.of(conv.weight(), conv.bias());
      case Linear linear ->
          linear.bias() == null
              ? List.of(linear.weight())
              : List.of(linear.weight(), linear.bias());
      case BatchNorm norm -> List.of(norm.gamma(), norm.beta(), norm.mean(), norm.variance());
      case Input _, Relu _, Add _, MaxPool _, GlobalAvgPool _ -> List.of();
    };
  }

  /** The operator with {@code change} of each of its tensors, which keeps their extents. */
  default Op withTensors(UnaryOperator<Tensor> change) {
    return switch (this) {
      case Conv conv ->
          new Conv(
              change.apply(conv.weight()),
              conv.bias() == null ? null : change.apply(conv.bias()),
              conv.window(),
              conv.groups(),
              conv.epilogue());
      case Linear linear ->
          new Linear(
              change.apply(linear.weight()),
              linear.bias() == null ? null : change.apply(linear.bias()));
      case BatchNorm norm ->
          new BatchNorm(
              change.apply(norm.gamma()),
              change.apply(norm.beta()),
              change.apply(norm.mean()),
              change.apply(norm.variance()),
              norm.epsilon());
      case Input _, Relu _, Add _, MaxPool _, GlobalAvgPool _ -> this;
    };
  }

  /**
   * The image.
   *
   * @param shape per image
   */
  record Input(Shape shape) implements Op {}

  /**
   * Cross-correlation, {@code y[k,i,j] = sum_{c,r,s} w[k,c,r,s] * x[c, i*stride+r-padding,
   * j*stride+s-padding]}, where {@code c} runs over the {@code C/groups} channels of {@code k}'s
   * group and pixels outside the image are 0; then the epilogue. Source: {@code torch.nn.Conv2d}.
   *
   * @param weight OIHW, {@code [K, C/groups, kernel, kernel]}
   * @param bias {@code [K]} or absent
   * @param window kernel, stride and padding, the same for both axes
   * @param groups divides C and K
   * @param epilogue with {@code residual}, the node has a second input of the output's shape
   */
  record Conv(Tensor weight, @Nullable Tensor bias, Window window, int groups, Epilogue epilogue)
      implements Op {
    /** K, the number of output channels. */
    public int outChannels() {
      return weight.dim(0);
    }

    /** This convolution with another epilogue. */
    public Conv withEpilogue(Epilogue other) {
      return new Conv(weight, bias, window, groups, other);
    }
  }

  /**
   * Inference-time batch normalisation, {@code y = (x - mean) / sqrt(variance + epsilon) * gamma +
   * beta} per channel. Source: Ioffe and Szegedy 2015; {@code torch.nn.BatchNorm2d} in eval mode.
   *
   * @param gamma {@code [C]}, torchvision's {@code weight}
   * @param beta {@code [C]}, torchvision's {@code bias}
   * @param mean {@code [C]}, {@code running_mean}
   * @param variance {@code [C]}, {@code running_var}
   * @param epsilon added to the variance; finite, not negative
   */
  record BatchNorm(Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon)
      implements Op {}

  /** {@code y = max(x, 0)}; NaN stays NaN. */
  record Relu() implements Op {}

  /** {@code y = a + b} of two equal shapes. */
  record Add() implements Op {}

  /**
   * Maximum over each window; pixels outside the image do not count, NaN wins. Source: {@code
   * torch.nn.MaxPool2d}.
   *
   * @param window padding at most half the kernel, as {@code torch.nn.MaxPool2d} demands
   */
  record MaxPool(Window window) implements Op {}

  /**
   * Mean over all pixels of each channel, giving {@code C x 1 x 1}. Source: {@code
   * torch.nn.AdaptiveAvgPool2d(1)}.
   */
  record GlobalAvgPool() implements Op {}

  /**
   * {@code y = W x + b} on a {@code C x 1 x 1} input. Source: {@code torch.nn.Linear}.
   *
   * @param weight {@code [K, C]}
   * @param bias {@code [K]} or absent
   */
  record Linear(Tensor weight, @Nullable Tensor bias) implements Op {}
}
