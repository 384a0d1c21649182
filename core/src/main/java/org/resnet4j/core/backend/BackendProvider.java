package org.resnet4j.core.backend;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One kind of backend, found by {@link java.util.ServiceLoader}. Loads on every JVM, also where the
 * backend cannot run.
 */
public interface BackendProvider {
  /** The name users choose it by: {@code "simd"}, {@code "cuda"}, {@code "reference"}. */
  String name();

  /** Whether it can run here, on device 0 if it has several. Never throws. */
  Availability availability();

  /**
   * Whether it can run here on one of its devices. Never throws.
   *
   * @param device number, from 0
   */
  default Availability availability(int device) {
    return device == 0
        ? availability()
        : new Availability.Unavailable(
            "it has one device, number 0, and none of number " + device,
            "leave the device out, or choose another backend");
  }

  /**
   * What it needs of this machine, found or missing, for people who want to know why it cannot run.
   * May open and close devices. Never throws.
   */
  default List<Requirement> requirements() {
    return List.of();
  }

  /**
   * Whether its answers are right, for people who doubt it: more than opening it checks, and may
   * take a minute. Empty if there is nothing to check or it cannot run here. Never throws.
   */
  default List<Requirement> selfTest() {
    return List.of();
  }

  /** The precisions it computes in, at least one. */
  default Set<Precision> precisions() {
    return Set.of(Precision.FP32);
  }

  /**
   * Checks that {@link #open} can take these options.
   *
   * @throws BackendUnavailableException if it cannot run here on that device
   * @throws IllegalArgumentException if the precision is none of {@link #precisions}; names
   *     backend, precision and what to do
   */
  default void check(BackendOptions options) {
    if (availability(options.device())
        instanceof Availability.Unavailable(String reason, String remedy)) {
      throw new BackendUnavailableException(name(), reason, remedy);
    }
    Precision precision = options.precision();
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
   * @throws BackendUnavailableException if it cannot run here on that device, or that device does
   *     not compute in the precision
   * @throws IllegalArgumentException if the precision is none of {@link #precisions}
   */
  Backend open(BackendOptions options);
}
