package org.resnet4j.core.backend;

/**
 * One kind of backend, found by {@link java.util.ServiceLoader}. Loads on every JVM, also where the
 * backend cannot run.
 */
public interface BackendProvider {
  /** The name users choose it by: {@code "simd"}, {@code "cuda"}, {@code "reference"}. */
  String name();

  /** Whether it can run here. Never throws. */
  Availability availability();

  /**
   * Opens it.
   *
   * @throws BackendUnavailableException if it is not available
   */
  Backend open(BackendOptions options);
}
