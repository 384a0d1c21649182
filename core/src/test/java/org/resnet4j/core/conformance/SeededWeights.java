package org.resnet4j.core.conformance;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/**
 * Well-conditioned random parameters: convolutions from N(0, 2/fan_in), batch norms near the
 * identity, the last one of a block scaled by about 0.2 so that depth does not amplify rounding
 * errors. A parameter's values follow from the seed and its name alone. Thread-safe.
 *
 * @param seed any
 * @param block of the network, whose last batch norm is scaled down
 */
public record SeededWeights(long seed, Block block) implements WeightSource {
  private static final double LAST_GAMMA = 0.2;

  @Override
  public Tensor get(String name, int... dims) {
    RandomGenerator random = new SplittableRandom(seed * 31 + name.hashCode());
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw(name, dims, random);
    }
    return Tensor.of(values, dims);
  }

  private double draw(String name, int[] dims, RandomGenerator random) {
    if (dims.length > 1) {
      int fanIn = Arrays.stream(dims, 1, dims.length).reduce(1, Math::multiplyExact);
      return random.nextGaussian(0, Math.sqrt((dims.length == 4 ? 2.0 : 1.0) / fanIn));
    }
    if (name.endsWith(".running_var")) {
      return random.nextDouble(0.7, 1.4);
    }
    if (name.endsWith(".running_mean") || name.endsWith(".bias")) {
      return random.nextGaussian(0, 0.1);
    }
    String lastNorm = block == Block.BASIC ? ".bn2.weight" : ".bn3.weight";
    double gamma = name.endsWith(lastNorm) ? LAST_GAMMA : 1;
    return gamma * random.nextDouble(0.8, 1.2);
  }
}
