package org.resnet4j.core;

import java.util.List;
import java.util.Objects;
import org.resnet4j.core.model.Labels;

/**
 * What a network sees in one picture, and where: class activation maps. A class's map says for each
 * part of the picture how much it speaks for the class; its mean and the class's bias are the
 * class's logit. Immutable and thread-safe.
 *
 * <p>Source: B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016.
 */
public final class Explanation {
  private final int height;
  private final int width;
  private final float[] maps;
  private final float[] logits;
  private final Labels labels;

  /**
   * Of maps.
   *
   * @param maps of all classes, one after the other; not copied
   * @param bias of each class
   */
  Explanation(int height, int width, float[] maps, float[] bias, Labels labels) {
    this.height = height;
    this.width = width;
    this.maps = maps;
    this.labels = labels;
    this.logits = new float[bias.length];
    int pixels = height * width;
    for (int i = 0; i < logits.length; i++) {
      double sum = 0;
      for (int pixel = 0; pixel < pixels; pixel++) {
        sum += maps[i * pixels + pixel];
      }
      logits[i] = (float) (sum / pixels + bias[i]);
    }
  }

  /** Rows of a map: 7 for a picture of 224 pixels. */
  public int height() {
    return height;
  }

  /** Columns of a map. */
  public int width() {
    return width;
  }

  /** The logit of each class: as the network gives it, but for rounding. */
  public float[] logits() {
    return logits.clone();
  }

  /**
   * The most probable classes, the most probable first.
   *
   * @param topK how many, at least 1; more than there are classes means all
   * @throws IllegalArgumentException if {@code topK} is less than 1
   */
  public List<Prediction> predictions(int topK) {
    if (topK < 1) {
      throw new IllegalArgumentException("topK must be at least 1, got " + topK);
    }
    return Ranking.top(Math.min(topK, labels.size()), logits, 0, labels);
  }

  /**
   * One class with its probability.
   *
   * @throws IndexOutOfBoundsException if there is no such class
   */
  public Prediction prediction(int index) {
    Objects.checkIndex(index, logits.length);
    return predictions(logits.length).stream()
        .filter(each -> each.index() == index)
        .findFirst()
        .orElseThrow();
  }

  /**
   * The map of a class: {@link #height} rows of {@link #width} values, in logits.
   *
   * @return an array of the caller's own
   * @throws IndexOutOfBoundsException if there is no such class
   */
  public float[] map(int index) {
    Objects.checkIndex(index, logits.length);
    int pixels = height * width;
    float[] map = new float[pixels];
    System.arraycopy(maps, index * pixels, map, 0, pixels);
    return map;
  }
}
