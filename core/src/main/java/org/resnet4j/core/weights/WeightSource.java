package org.resnet4j.core.weights;

import org.resnet4j.core.tensor.Tensor;

/** Where a network builder gets its parameters from, by torchvision's tensor name. */
@FunctionalInterface
public interface WeightSource {
  /** Parameters with extents but no values: for counting, planning and printing a network. */
  WeightSource META = (name, dims) -> Tensor.meta(dims);

  /**
   * The parameter {@code name}.
   *
   * @param name torchvision's key, such as {@code layer1.0.conv1.weight}
   * @param dims the extents the network needs
   * @throws IllegalArgumentException if there is no such tensor or its extents differ
   */
  Tensor get(String name, int... dims);
}
