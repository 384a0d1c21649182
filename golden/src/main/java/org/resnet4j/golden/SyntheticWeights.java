package org.resnet4j.golden;

import org.resnet4j.core.model.Block;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/** Stub. */
final class SyntheticWeights implements WeightSource {
  private final long seed;
  private final Block block;

  SyntheticWeights(long seed, Block block) {
    this.seed = seed;
    this.block = block;
  }

  @Override
  public Tensor get(String name, int... dims) {
    double[] r = range(name, dims);
    return Tensor.of(SyntheticValues.fill(name, seed, r[0], r[1], Tensor.meta(dims).size()), dims);
  }

  private double[] range(String name, int[] dims) {
    if (dims.length == 4) {
      double a = Math.sqrt(6.0 / ((double) dims[1] * dims[2] * dims[3]));
      return new double[] {-a, a};
    }
    if (name.equals("fc.weight")) {
      double a = Math.sqrt(3.0 / dims[1]);
      return new double[] {-a, a};
    }
    if (name.endsWith("running_mean")) {
      return new double[] {-0.2, 0.2};
    }
    if (name.endsWith("running_var")) {
      return new double[] {0.5, 1.5};
    }
    if (name.endsWith("bias")) {
      return new double[] {-0.1, 0.1};
    }
    String last = block == Block.BASIC ? ".bn2.weight" : ".bn3.weight";
    return name.endsWith(last) ? new double[] {0.1, 0.2} : new double[] {0.8, 1.2};
  }
}
