package org.resnet4j.core.backend;

import java.util.Objects;

/**
 * How a backend is opened.
 *
 * @param threads CPU threads a run may use, the caller's included; at least 1
 * @param algorithms how it decides between algorithms, if it has several
 * @param precision in which it computes
 * @param device number of the device it runs on, from 0; backends of one device have number 0 alone
 * @param tuning hears how far it is where deciding takes long
 */
public record BackendOptions(
    int threads,
    AlgorithmChoice algorithms,
    Precision precision,
    int device,
    TuningListener tuning) {
  private static final int MAX_THREADS = 1024;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BackendOptions {
    Objects.requireNonNull(algorithms, "algorithms");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(tuning, "tuning");
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must lie between 1 and " + MAX_THREADS + ", got " + threads);
    }
    if (device < 0) {
      throw new IllegalArgumentException("devices are numbered from 0, got " + device);
    }
  }

  /**
   * With algorithms {@link AlgorithmChoice#BY_SHAPE} in {@link Precision#FP32} on device 0, and
   * nobody who listens.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BackendOptions(int threads) {
    this(threads, AlgorithmChoice.BY_SHAPE, Precision.FP32, 0, TuningListener.NONE);
  }

  /** As many threads as the process may use processors, algorithms by shape, float32, device 0. */
  public static BackendOptions defaults() {
    return new BackendOptions(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
  }

  /**
   * The same with other threads.
   *
   * @throws IllegalArgumentException if the number is out of range
   */
  public BackendOptions withThreads(int count) {
    return new BackendOptions(count, algorithms, precision, device, tuning);
  }

  /** The same with another choice of algorithms. */
  public BackendOptions withAlgorithms(AlgorithmChoice choice) {
    return new BackendOptions(threads, choice, precision, device, tuning);
  }

  /** The same in another precision. */
  public BackendOptions withPrecision(Precision other) {
    return new BackendOptions(threads, algorithms, other, device, tuning);
  }

  /**
   * The same on another device.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public BackendOptions withDevice(int number) {
    return new BackendOptions(threads, algorithms, precision, number, tuning);
  }

  /** The same with another listener. */
  public BackendOptions withTuning(TuningListener listener) {
    return new BackendOptions(threads, algorithms, precision, device, listener);
  }
}
