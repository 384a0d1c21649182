package org.resnet4j.core.model;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;

/**
 * What a user says about a weights file; null leaves it to the file. Immutable.
 *
 * @param model one of {@link ResNets}' names
 * @param preprocessing from a picture to the network's input
 * @param labels names of the classes, as many as the file has
 * @param numClasses the number of classes the file must have; it is checked, never imposed
 * @param stridePlacement where bottlenecks stride, which no tensor tells; torchvision's place if
 *     the file does not say it either
 */
public record ModelOptions(
    @Nullable String model,
    @Nullable Preprocessing preprocessing,
    @Nullable Labels labels,
    @Nullable Integer numClasses,
    @Nullable StridePlacement stridePlacement) {

  /**
   * Checks the number of classes.
   *
   * @throws IllegalArgumentException if it is less than 1 or more than {@link
   *     ResNetSpec#MAX_EXTENT}
   */
  public ModelOptions {
    if (numClasses != null && (numClasses < 1 || numClasses > ResNetSpec.MAX_EXTENT)) {
      throw new IllegalArgumentException(
          "numClasses must lie between 1 and " + ResNetSpec.MAX_EXTENT + ", got " + numClasses);
    }
  }

  /** Everything from the file. */
  public static ModelOptions defaults() {
    return new ModelOptions(null, null, null, null, null);
  }

  /** These options with another model name, or none. */
  public ModelOptions withModel(@Nullable String name) {
    return new ModelOptions(name, preprocessing, labels, numClasses, stridePlacement);
  }

  /** These options with another preprocessing, or none. */
  public ModelOptions withPreprocessing(@Nullable Preprocessing other) {
    return new ModelOptions(model, other, labels, numClasses, stridePlacement);
  }

  /** These options with other labels, or none. */
  public ModelOptions withLabels(@Nullable Labels other) {
    return new ModelOptions(model, preprocessing, other, numClasses, stridePlacement);
  }

  /** These options with another number of classes, or none. */
  public ModelOptions withNumClasses(@Nullable Integer classes) {
    return new ModelOptions(model, preprocessing, labels, classes, stridePlacement);
  }

  /** These options with another stride placement, or none. */
  public ModelOptions withStridePlacement(@Nullable StridePlacement placement) {
    return new ModelOptions(model, preprocessing, labels, numClasses, placement);
  }
}
