package org.resnet4j.core.backend;

import java.util.Objects;
import org.resnet4j.core.stack.StackReserve;

/**
 * How a backend is opened.
 *
 * @param threads CPU threads a run may use, the caller's included; at least 1
 * @param algorithms how it decides between algorithms, if it has several
 * @param precision in which it computes
 * @param device number of the device it runs on, from 0; backends of one device have number 0 alone
 * @param tuning hears how far it is where deciding takes long
 * @param machine name of the kind of processor that a backend on the CPU chooses algorithms for;
 *     empty for this one's
 */
public record BackendOptions(
    int threads,
    AlgorithmChoice algorithms,
    Precision precision,
    int device,
    TuningListener tuning,
    String machine) {
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
    Objects.requireNonNull(machine, "machine");
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must lie between 1 and " + MAX_THREADS + ", got " + threads);
    }
    if (device < 0) {
      throw new IllegalArgumentException("devices are numbered from 0, got " + device);
    }
  }

  /**
   * With algorithms {@link AlgorithmChoice#BY_SHAPE} in {@link Precision#FP32} on device 0, for
   * this kind of processor, and nobody who listens.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BackendOptions(int threads) {
    StackReserve.requireForFirstUse();
    this(threads, AlgorithmChoice.BY_SHAPE, Precision.FP32, 0, TuningListener.NONE, "");
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
    return new BackendOptions(count, algorithms, precision, device, tuning, machine);
  }

  /** The same with another choice of algorithms. */
  public BackendOptions withAlgorithms(AlgorithmChoice choice) {
    return new BackendOptions(threads, choice, precision, device, tuning, machine);
  }

  /** The same in another precision. */
  public BackendOptions withPrecision(Precision other) {
    return new BackendOptions(threads, algorithms, other, device, tuning, machine);
  }

  /**
   * The same on another device.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public BackendOptions withDevice(int number) {
    return new BackendOptions(threads, algorithms, precision, number, tuning, machine);
  }

  /** The same with another listener. */
  public BackendOptions withTuning(TuningListener listener) {
    return new BackendOptions(threads, algorithms, precision, device, listener, machine);
  }

  /** The same for another kind of processor; backends that have no such choice ignore it. */
  public BackendOptions withMachine(String name) {
    return new BackendOptions(threads, algorithms, precision, device, tuning, name);
  }
}
