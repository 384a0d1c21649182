package org.resnet4j.simd.support;

import java.util.SplittableRandom;
import org.resnet4j.simd.kernel.conv.ConvShape;

/**
 * A convolution on integers so small that every partial sum is exact in float: there is one right
 * answer, whatever the order of the terms, and not a bit of it may differ.
 */
public final class IntegerOracle {
  static final int LARGEST = 32;
  static final int LARGEST_BIAS = 8;
  private static final int EXACT_IN_FLOAT = 1 << 24;

  private final ConvProblem problem;
  private final ConvShape shape;

  /** Fails unless the sums are exact. */
  public IntegerOracle(ConvProblem problem) {
    this.problem = problem;
    this.shape = problem.shape();
    if (largestSum(shape) > EXACT_IN_FLOAT) {
      throw new IllegalArgumentException("sums may exceed what float holds: " + shape);
    }
  }

  /** No sum of the convolution's terms, bias and residual is greater. */
  public static long largestSum(ConvShape shape) {
    long terms = (long) shape.inChannelsPerGroup() * shape.taps();
    return terms * LARGEST * LARGEST + LARGEST_BIAS + LARGEST;
  }

  /** One output value, straight from the definition. */
  public long at(int image, int k, int i, int j) {
    long sum = 0;
    for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
      for (int r = 0; r < shape.kernel(); r++) {
        for (int s = 0; s < shape.kernel(); s++) {
          float x = problem.input(image, problem.firstInput(k) + c, i, j, r, s);
          sum += (long) x * (long) problem.weight(k, c, r, s);
        }
      }
    }
    sum += addends(image, k, i, j);
    return problem.relu() ? Math.max(sum, 0) : sum;
  }

  private long addends(int image, int k, int i, int j) {
    long bias = problem.bias() == null ? 0 : (long) problem.bias()[k];
    return problem.residual() == null
        ? bias
        : bias + (long) problem.residual()[problem.index(image, k, i, j)];
  }

  /** All outputs as {@link #at} defines them, through a matrix of patches; int cannot overflow. */
  public float[] expected() {
    int pixels = shape.outHeight() * shape.outWidth();
    int terms = shape.inChannelsPerGroup() * shape.taps();
    float[] y = new float[problem.results()];
    int[] patches = new int[pixels * terms];
    int[] weight = new int[terms];
    for (int image = 0; image < problem.batch(); image++) {
      for (int k = 0; k < shape.outChannels(); k++) {
        if (k % shape.outChannelsPerGroup() == 0) {
          patches(image, problem.firstInput(k), patches);
        }
        for (int t = 0; t < terms; t++) {
          weight[t] = (int) problem.weight()[k * terms + t];
        }
        for (int p = 0; p < pixels; p++) {
          int i = p / shape.outWidth();
          int j = p % shape.outWidth();
          long sum = dot(patches, p * terms, weight) + addends(image, k, i, j);
          y[problem.index(image, k, i, j)] = problem.relu() ? Math.max(sum, 0) : sum;
        }
      }
    }
    return y;
  }

  private void patches(int image, int firstChannel, int[] patches) {
    int to = 0;
    for (int i = 0; i < shape.outHeight(); i++) {
      for (int j = 0; j < shape.outWidth(); j++) {
        for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
          for (int r = 0; r < shape.kernel(); r++) {
            for (int s = 0; s < shape.kernel(); s++) {
              patches[to++] = (int) problem.input(image, firstChannel + c, i, j, r, s);
            }
          }
        }
      }
    }
  }

  private static int dot(int[] patches, int from, int[] weight) {
    int sum = 0;
    for (int t = 0; t < weight.length; t++) {
      sum += patches[from + t] * weight[t];
    }
    return sum;
  }

  /**
   * Checks {@code sum_k f_k y_k = sum_k f_k (conv(x, w)_k + bias_k + residual_k)} for random f at
   * every pixel: it costs a K-th of the convolution, and a wrong output passes it only by chance.
   * Not with a ReLU. Source: Freivalds 1977.
   *
   * @return index of the first pixel, image after image, where it fails, or -1
   */
  public int firstWrongPixel(float[] y) {
    SplittableRandom random = new SplittableRandom(problem.seed());
    int[] factors = random.ints(shape.outChannels(), 1, 1 << 20).toArray();
    long[] projected = projectedWeights(factors);
    int pixels = shape.outHeight() * shape.outWidth();
    for (int p = 0; p < problem.batch() * pixels; p++) {
      int image = p / pixels;
      int i = p % pixels / shape.outWidth();
      int j = p % shape.outWidth();
      long difference = projectedOutput(projected, image, i, j);
      for (int k = 0; k < shape.outChannels(); k++) {
        float value = y[problem.index(image, k, i, j)];
        if ((long) value != value) {
          return p;
        }
        difference += factors[k] * (addends(image, k, i, j) - (long) value);
      }
      if (difference != 0) {
        return p;
      }
    }
    return -1;
  }

  /** {@code [C][R][S]}: what an input channel weighs in the projection. */
  private long[] projectedWeights(int[] factors) {
    int terms = shape.inChannelsPerGroup() * shape.taps();
    long[] projected = new long[shape.inChannels() * shape.taps()];
    for (int k = 0; k < shape.outChannels(); k++) {
      int to = problem.firstInput(k) * shape.taps();
      for (int t = 0; t < terms; t++) {
        projected[to + t] += factors[k] * (long) problem.weight()[k * terms + t];
      }
    }
    return projected;
  }

  private long projectedOutput(long[] projected, int image, int i, int j) {
    long sum = 0;
    int at = 0;
    for (int c = 0; c < shape.inChannels(); c++) {
      for (int r = 0; r < shape.kernel(); r++) {
        for (int s = 0; s < shape.kernel(); s++) {
          sum += projected[at++] * (long) problem.input(image, c, i, j, r, s);
        }
      }
    }
    return sum;
  }
}
