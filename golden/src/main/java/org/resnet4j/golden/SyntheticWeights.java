package org.resnet4j.golden;

import org.resnet4j.core.model.Block;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/**
 * The golden cases' weights: for every parameter of every network of the family, {@link
 * SyntheticValues} between two ends that follow from its name and extents.
 *
 * <table>
 * <caption>Ranges</caption>
 * <tr><th>parameter<th>low<th>high
 * <tr><td>convolution, {@code [O, I/g, k, k]}<td>{@code -sqrt(6 / (I/g k k))}<td>{@code -low}
 * <tr><td>{@code fc.weight}, {@code [K, C]}<td>{@code -sqrt(3 / C)}<td>{@code -low}
 * <tr><td>every {@code bias}<td>-0.1<td>0.1
 * <tr><td>{@code running_mean}<td>-0.2<td>0.2
 * <tr><td>{@code running_var}<td>0.6<td>1.6
 * <tr><td>{@code weight} of a block's last batch norm<td>0.1<td>0.2
 * <tr><td>{@code weight} of the other batch norms<td>0.8<td>1.2
 * </table>
 *
 * <p>Convolutions and batch norms keep the second moment on average, and a block's last batch norm
 * is small: depth amplifies neither the activations nor their rounding errors.
 *
 * <p>Thread-safe; each tensor is made anew.
 *
 * @param seed any
 * @param block the network's, which decides what a block's last batch norm is called
 */
public record SyntheticWeights(long seed, Block block) implements WeightSource {
  private record Range(double low, double high) {
    static Range symmetric(double bound) {
      return new Range(-bound, bound);
    }
  }

  /**
   * The parameter {@code name}.
   *
   * @throws IllegalArgumentException if torchvision's ResNets have no parameter of this name and
   *     number of extents
   */
  @Override
  public Tensor get(String name, int... dims) {
    int size = Tensor.meta(dims).size();
    Range range = range(name, dims);
    return Tensor.of(SyntheticValues.values(name, seed, size, range.low(), range.high()), dims);
  }

  private Range range(String name, int[] dims) {
    boolean classifier = name.equals("fc.weight");
    String part = name.substring(name.lastIndexOf('.') + 1);
    if (dims.length == 4 && part.equals("weight")) {
      return Range.symmetric(Math.sqrt(6.0 / (dims[1] * dims[2] * dims[3])));
    } else if (dims.length == 2 && classifier) {
      return Range.symmetric(Math.sqrt(3.0 / dims[1]));
    } else if (dims.length != 1 || classifier) {
      throw unknown(name, dims);
    }
    return switch (part) {
      case "bias" -> Range.symmetric(0.1);
      case "running_mean" -> Range.symmetric(0.2);
      case "running_var" -> new Range(0.6, 1.6);
      case "weight" -> isLastNorm(name) ? new Range(0.1, 0.2) : new Range(0.8, 1.2);
      default -> throw unknown(name, dims);
    };
  }

  private boolean isLastNorm(String name) {
    return name.endsWith(
        switch (block) {
          case BASIC -> ".bn2.weight";
          case BOTTLENECK -> ".bn3.weight";
        });
  }

  private static IllegalArgumentException unknown(String name, int[] dims) {
    return new IllegalArgumentException(
        "no ResNet of torchvision has a parameter '" + name + "' " + Tensor.describe(dims));
  }
}
