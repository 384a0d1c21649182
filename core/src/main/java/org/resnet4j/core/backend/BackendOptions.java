package org.resnet4j.core.backend;

/**
 * How a backend is opened.
 *
 * @param threads CPU threads a run may use, the caller's included; at least 1
 * @param algorithms how it decides between algorithms, if it has several
 * @param precision in which it computes
 */
public record BackendOptions(int threads, AlgorithmChoice algorithms, Precision precision) {
  private static final int MAX_THREADS = 1024;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BackendOptions {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must lie between 1 and " + MAX_THREADS + ", got " + threads);
    }
  }

  /**
   * With algorithms {@link AlgorithmChoice#BY_SHAPE} in {@link Precision#FP32}.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BackendOptions(int threads) {
    this(threads, AlgorithmChoice.BY_SHAPE, Precision.FP32);
  }

  /** As many threads as the process may use processors, algorithms by shape, float32. */
  public static BackendOptions defaults() {
    return new BackendOptions(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
  }

  /** The same with another choice of algorithms. */
  public BackendOptions withAlgorithms(AlgorithmChoice choice) {
    return new BackendOptions(threads, choice, precision);
  }

  /** The same in another precision. */
  public BackendOptions withPrecision(Precision other) {
    return new BackendOptions(threads, algorithms, other);
  }
}
