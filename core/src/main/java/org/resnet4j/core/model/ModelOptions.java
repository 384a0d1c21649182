package org.resnet4j.core.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.stack.StackReserve;

/**
 * What a user says about a weights file; null leaves it to the file. Immutable.
 *
 * @param model one of {@link ResNets}' names
 * @param preprocessing from a picture to the network's input
 * @param change to that preprocessing, or to the file's
 * @param testSize whether the size counts that timm's {@code test_input_size} states
 * @param labels names of the classes, as many as the file has
 * @param numClasses the number of classes the file must have; it is checked, never imposed
 * @param stridePlacement where bottlenecks stride, which no tensor tells; torchvision's place if
 *     the file does not say it either
 */
public record ModelOptions(
    @Nullable String model,
    @Nullable Preprocessing preprocessing,
    PreprocessingChange change,
    boolean testSize,
    @Nullable Labels labels,
    @Nullable Integer numClasses,
    @Nullable StridePlacement stridePlacement) {

  /**
   * Checks the number of classes.
   *
   * @throws IllegalArgumentException if it is less than 1 or more than {@link
   *     ResNetSpec#MAX_CLASSES}
   */
  public ModelOptions {
    Objects.requireNonNull(change, "change");
    if (numClasses != null && (numClasses < 1 || numClasses > ResNetSpec.MAX_CLASSES)) {
      throw new IllegalArgumentException(
          "numClasses must lie between 1 and " + ResNetSpec.MAX_CLASSES + ", got " + numClasses);
    }
  }

  /** Everything from the file. */
  public static ModelOptions defaults() {
    StackReserve.requireForFirstUse();
    return new ModelOptions(null, null, PreprocessingChange.NONE, false, null, null, null);
  }

  /** These options with another model name, or none. */
  public ModelOptions withModel(@Nullable String name) {
    return new ModelOptions(
        name, preprocessing, change, testSize, labels, numClasses, stridePlacement);
  }

  /** These options with another preprocessing, or none. */
  public ModelOptions withPreprocessing(@Nullable Preprocessing other) {
    return new ModelOptions(model, other, change, testSize, labels, numClasses, stridePlacement);
  }

  /** These options with another change of the preprocessing. */
  public ModelOptions withChange(PreprocessingChange other) {
    return new ModelOptions(
        model, preprocessing, other, testSize, labels, numClasses, stridePlacement);
  }

  /** These options with the size for tests, or the usual one. */
  public ModelOptions withTestSize(boolean wanted) {
    return new ModelOptions(
        model, preprocessing, change, wanted, labels, numClasses, stridePlacement);
  }

  /** These options with other labels, or none. */
  public ModelOptions withLabels(@Nullable Labels other) {
    return new ModelOptions(
        model, preprocessing, change, testSize, other, numClasses, stridePlacement);
  }

  /** These options with another number of classes, or none. */
  public ModelOptions withNumClasses(@Nullable Integer classes) {
    return new ModelOptions(
        model, preprocessing, change, testSize, labels, classes, stridePlacement);
  }

  /** These options with another stride placement, or none. */
  public ModelOptions withStridePlacement(@Nullable StridePlacement placement) {
    return new ModelOptions(model, preprocessing, change, testSize, labels, numClasses, placement);
  }
}
