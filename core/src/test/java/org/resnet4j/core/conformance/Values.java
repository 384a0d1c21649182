package org.resnet4j.core.conformance;

import java.util.random.RandomGenerator;

/** Kinds of seeded test data. */
public enum Values {
  /**
   * Whole numbers, inputs and weights in -32..32 and biases in -8..8, as oneDNN's benchdnn has
   * them: a sum of up to 16,000 products stays below 2^24, so every order of summation gives the
   * same float.
   */
  INTEGER(32, 32),
  /** Inputs in -4..4, weights in -1..1: exact through several layers. */
  TERNARY(4, 1),
  /** Inputs from N(0, 1), weights from N(0, 2/K) as He et al. initialise them. */
  REAL(0, 0);

  private static final int BIAS_BOUND = 8;

  private final int inputBound;
  private final int weightBound;

  Values(int inputBound, int weightBound) {
    this.inputBound = inputBound;
    this.weightBound = weightBound;
  }

  /** Input images. */
  public float[] inputs(RandomGenerator random, int count) {
    return this == REAL ? normal(random, count, 1) : integers(random, count, inputBound);
  }

  /** Weights of sums of {@code k} products. */
  public float[] weights(RandomGenerator random, int count, int k) {
    return this == REAL
        ? normal(random, count, Math.sqrt(2.0 / k))
        : integers(random, count, weightBound);
  }

  /** Biases. */
  public float[] biases(RandomGenerator random, int count) {
    return this == REAL ? normal(random, count, 0.1) : integers(random, count, BIAS_BOUND);
  }

  private static float[] integers(RandomGenerator random, int count, int bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-bound, bound + 1);
    }
    return values;
  }

  private static float[] normal(RandomGenerator random, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian(0, deviation);
    }
    return values;
  }
}
