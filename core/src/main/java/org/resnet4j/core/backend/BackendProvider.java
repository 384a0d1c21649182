package org.resnet4j.core.backend;

import java.util.Set;
import java.util.TreeSet;

/**
 * One kind of backend, found by {@link java.util.ServiceLoader}. Loads on every JVM, also where the
 * backend cannot run.
 */
public interface BackendProvider {
  /** The name users choose it by: {@code "simd"}, {@code "cuda"}, {@code "reference"}. */
  String name();

  /** Whether it can run here. Never throws. */
  Availability availability();

  /** The precisions it computes in, at least one. */
  default Set<Precision> precisions() {
    return Set.of(Precision.FP32);
  }

  /**
   * Checks that {@link #open} can take a precision.
   *
   * @throws IllegalArgumentException if it is none of {@link #precisions}; names backend, precision
   *     and what to do
   */
  default void checkPrecision(Precision precision) {
    if (!precisions().contains(precision)) {
      throw new IllegalArgumentException(
          "backend '"
              + name()
              + "' does not compute in "
              + precision
              + "; choose one of "
              + new TreeSet<>(precisions())
              + " or another backend");
    }
  }

  /**
   * Opens it.
   *
   * @throws BackendUnavailableException if it is not available
   * @throws IllegalArgumentException as {@link #checkPrecision}
   */
  Backend open(BackendOptions options);
}
