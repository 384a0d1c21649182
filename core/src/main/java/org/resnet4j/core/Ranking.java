package org.resnet4j.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.core.model.Labels;

/** From logits to the most probable classes. */
final class Ranking {
  private Ranking() {}

  /**
   * The {@code k} largest of {@code logits[offset ... offset + labels.size() - 1]}, the largest
   * first, of equals the lower index first, with {@code p_i = exp(x_i - max) / sum_j exp(x_j -
   * max)} computed in double.
   *
   * <p>If a logit is NaN or positive infinity, every probability is NaN; NaN ranks above all
   * numbers.
   *
   * @param k 1 to {@code labels.size()}
   */
  static List<Prediction> top(int k, float[] logits, int offset, Labels labels) {
    int classes = labels.size();
    int[] top = largest(k, logits, offset, classes);
    double max = logits[offset + top[0]];
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      sum += Math.exp(logits[offset + i] - max);
    }
    List<Prediction> predictions = new ArrayList<>(k);
    for (int index : top) {
      double probability = Math.exp(logits[offset + index] - max) / sum;
      predictions.add(new Prediction(index, labels.get(index), probability));
    }
    return predictions;
  }

  /** Sorts keys of value and index, in which the largest value and the lowest index come first. */
  private static int[] largest(int k, float[] logits, int offset, int classes) {
    long[] keys = new long[classes];
    for (int i = 0; i < classes; i++) {
      keys[i] = ((long) ~ordered(logits[offset + i]) << Integer.SIZE) | i;
    }
    Arrays.sort(keys);
    int[] top = new int[k];
    for (int i = 0; i < k; i++) {
      top[i] = (int) keys[i];
    }
    return top;
  }

  /** An integer that is the larger the larger the number is, as {@link Float#compare} sees it. */
  private static int ordered(float number) {
    int bits = Float.floatToIntBits(number);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}
