package org.resnet4j.core.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.Mismatch;
import org.resnet4j.core.weights.ParameterNames;
import org.resnet4j.core.weights.StateDict;

/**
 * How well a file's names and extents fit one network.
 *
 * @param spec the network
 * @param expected what it needs; no {@code fc.bias} if the file has none beside its {@code
 *     fc.weight}
 * @param mismatch in what the file differs
 */
record Fit(ResNetSpec spec, Map<String, int[]> expected, Mismatch mismatch) {
  private static final String WEIGHT = "fc.weight";
  private static final String BIAS = "fc.bias";
  private static final int ANY_IMAGE = 224; // the extents of parameters do not depend on it

  /**
   * Compares a network with {@link ParameterNames#shapes} of a file.
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
          if (!name.equals(BIAS) || actual.containsKey(BIAS) || !actual.containsKey(WEIGHT)) {
            expected.put(name, dims);
          }
          return Tensor.meta(dims);
        });
    return new Fit(spec, Collections.unmodifiableMap(expected), StateDict.check(expected, actual));
  }

  /**
   * The best of all that have names, and of what was read off the tensors, after {@code resized}
   * has set their extents; of equals the first. Empty if none exists in that width.
   */
  static Optional<Fit> best(
      Optional<ResNetSpec> read,
      UnaryOperator<ResNetSpec> resized,
      Map<String, List<Long>> actual) {
    return Stream.concat(read.stream(), ResNets.known().stream())
        .flatMap(spec -> tryOf(spec, resized, actual).stream())
        .max(Comparator.comparingInt(Fit::score));
  }

  /** Empty if no such network exists. */
  static Optional<Fit> tryOf(
      ResNetSpec spec, UnaryOperator<ResNetSpec> resized, Map<String, List<Long>> actual) {
    try {
      return Optional.of(of(resized.apply(spec), actual));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // a narrow ResNeXt has no channel left in a group
    }
  }

  /** Whether the network has a classifier and the file no bias for it, as one of zeros. */
  boolean isWithoutBias() {
    return expected.containsKey(WEIGHT) && !expected.containsKey(BIAS);
  }

  /** Tensors that fit less all that do not; positive if more than half of them fit. */
  int score() {
    int fitting = expected.size() - mismatch.missing().size() - mismatch.shapes().size();
    return fitting - mismatch.count();
  }

  /** What the file may be instead, for a network that does not fit; null if nothing can be said. */
  @Nullable String hint(Optional<Fit> best) {
    Optional<String> lookalike = LookAlike.of(mismatch);
    if (lookalike.isPresent()) {
      return lookalike.get();
    }
    if (best.isEmpty() || best.get().score() <= 0) {
      return "the tensors look like no ResNet's that is built here";
    }
    String name = best.get().spec().name();
    return name.equals(spec.name()) ? null : "the tensors look like " + name;
  }
}
