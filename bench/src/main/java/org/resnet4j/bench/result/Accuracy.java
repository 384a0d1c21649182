package org.resnet4j.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far an engine's logits are from the truth.
 *
 * @param model the network's name
 * @param engine its name
 * @param truth what they are compared with
 * @param images how many
 * @param relativeL2 norm of the difference divided by the norm of the truth
 * @param maxAbs largest difference of a logit
 * @param sameBest images whose best class is the truth's
 * @param pytorch what float32 costs PyTorch itself, {@code relativeL2} of its own run; null if
 *     nobody measured it
 */
public record Accuracy(
    String model,
    String engine,
    String truth,
    int images,
    double relativeL2,
    double maxAbs,
    int sameBest,
    @Nullable Double pytorch) {
  /**
   * Checks names and numbers.
   *
   * @throws NullPointerException if a name is missing
   * @throws IllegalArgumentException if a number cannot be what it should be
   */
  public Accuracy {
    Objects.requireNonNull(model, "an accuracy names no model");
    Objects.requireNonNull(engine, "an accuracy names no engine");
    Objects.requireNonNull(truth, "an accuracy names no truth");
    Checks.atLeast(1, images, "images of an accuracy");
    Checks.atLeast(0, sameBest, "sameBest of an accuracy");
    Checks.atLeast(0, images - sameBest, "images of an accuracy without sameBest");
    Checks.notNegative(relativeL2, "relativeL2 of an accuracy");
    Checks.notNegative(maxAbs, "maxAbs of an accuracy");
    Checks.notNegative(pytorch, "pytorch of an accuracy");
  }
}
