package org.resnet4j.core.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.Mismatch;
import org.resnet4j.core.weights.StateDict;

/**
 * How well a file's names and extents fit one network.
 *
 * @param spec the network
 * @param expected what it needs
 * @param mismatch in what the file differs
 */
record Fit(ResNetSpec spec, Map<String, int[]> expected, Mismatch mismatch) {
  private static final int ANY_IMAGE = 224; // the extents of parameters do not depend on it

  /**
   * Compares a network with {@link StateDict#shapes} of a file.
   *
   * @throws IllegalArgumentException if a parameter of such a network has more than {@code 2^31 -
   *     1} values
   */
  static Fit of(ResNetSpec spec, Map<String, List<Long>> actual) {
    Map<String, int[]> expected = new LinkedHashMap<>();
    ResNet.build(
        spec,
        ANY_IMAGE,
        ANY_IMAGE,
        (name, dims) -> {
          expected.put(name, dims);
          return Tensor.meta(dims);
        });
    return new Fit(spec, Collections.unmodifiableMap(expected), StateDict.check(expected, actual));
  }

  /**
   * The best of torchvision's ten after {@code resized} has set width and classes; of equals the
   * first. Empty if none exists in that width.
   */
  static Optional<Fit> best(UnaryOperator<ResNetSpec> resized, Map<String, List<Long>> actual) {
    // max() keeps the last of equals, and the first is wanted.
    return ResNets.all().reversed().stream()
        .flatMap(spec -> ofPossible(spec, resized, actual).stream())
        .max(Comparator.comparingInt(Fit::score));
  }

  private static Optional<Fit> ofPossible(
      ResNetSpec spec, UnaryOperator<ResNetSpec> resized, Map<String, List<Long>> actual) {
    try {
      return Optional.of(of(resized.apply(spec), actual));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // a narrow ResNeXt has no channel left in a group
    }
  }

  /** Tensors that fit less all that do not; positive if more than half of them fit. */
  int score() {
    int fitting = expected.size() - mismatch.missing().size() - mismatch.shapes().size();
    return fitting - mismatch.count();
  }

  /** What the file may be instead, for a network that does not fit; null if nothing can be said. */
  @Nullable String hint(Optional<Fit> best) {
    if (best.isEmpty() || best.get().score() <= 0) {
      return "the tensors look like none of torchvision's ResNets; names and extents must be"
          + " torchvision's";
    }
    String name = best.get().spec().name();
    return name.equals(spec.name()) ? null : "the tensors look like " + name;
  }
}
