package org.resnet4j.spark;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.image.DecodeOptions;

/**
 * How executors run a network.
 *
 * @param backend one of those that {@link org.resnet4j.core.backend.Backends} finds there
 * @param threads of each task's runs; 0 for as many as the task has processors ({@code
 *     spark.task.cpus}), which shares an executor's among its tasks
 * @param algorithms how the backend decides between algorithms
 * @param machine kind of processor that {@link AlgorithmChoice#BY_SHAPE} is for, on all executors;
 *     empty for each one's own
 * @param precision in which it computes
 * @param batch the most pictures that a task runs at once; at least 1
 * @param decoding of pictures
 */
public record ExecutorOptions(
    String backend,
    int threads,
    AlgorithmChoice algorithms,
    String machine,
    Precision precision,
    int batch,
    DecodeOptions decoding)
    implements Serializable {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public ExecutorOptions {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(algorithms, "algorithms");
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(decoding, "decoding");
    if (threads < 0) {
      throw new IllegalArgumentException("threads must not be negative, got " + threads);
    }
    if (batch < 1) {
      throw new IllegalArgumentException("batch must be at least 1, got " + batch);
    }
  }

  /**
   * The CPU backend in float32 with {@link AlgorithmChoice#PORTABLE}, so that a task that is run
   * again elsewhere gives the same bits on any kind of processor; 8 pictures at once.
   */
  public static ExecutorOptions defaults() {
    return new ExecutorOptions(
        "simd", 0, AlgorithmChoice.PORTABLE, "", Precision.FP32, 8, DecodeOptions.DEFAULT);
  }

  /** The same with another backend. */
  public ExecutorOptions withBackend(String name) {
    return new ExecutorOptions(name, threads, algorithms, machine, precision, batch, decoding);
  }

  /** The same with other threads; 0 for as many as a task has processors. */
  public ExecutorOptions withThreads(int count) {
    return new ExecutorOptions(backend, count, algorithms, machine, precision, batch, decoding);
  }

  /** The same with algorithms chosen in another way, for another kind of processor. */
  public ExecutorOptions withAlgorithms(AlgorithmChoice choice, String kind) {
    return new ExecutorOptions(backend, threads, choice, kind, precision, batch, decoding);
  }

  /** The same in another precision. */
  public ExecutorOptions withPrecision(Precision other) {
    return new ExecutorOptions(backend, threads, algorithms, machine, other, batch, decoding);
  }

  /** The same with other batches. */
  public ExecutorOptions withBatch(int most) {
    return new ExecutorOptions(backend, threads, algorithms, machine, precision, most, decoding);
  }

  /** The same with pictures decoded otherwise. */
  public ExecutorOptions withDecoding(DecodeOptions other) {
    return new ExecutorOptions(backend, threads, algorithms, machine, precision, batch, other);
  }

  /**
   * What the backend is told.
   *
   * @param processors of a task
   */
  BackendOptions forBackend(int processors) {
    return new BackendOptions(threads == 0 ? processors : threads)
        .withAlgorithms(algorithms)
        .withMachine(machine)
        .withPrecision(precision);
  }

  /**
   * Checks what no machine can do, before it is tried on many. What a machine lacks, each says for
   * itself.
   *
   * @throws BackendUnavailableException if there is no backend of that name
   * @throws IllegalArgumentException if it does not compute so
   */
  public void check() {
    BackendOptions wanted = forBackend(1);
    Optional<BackendProvider> provider =
        Backends.providers().stream().filter(each -> each.name().equals(backend)).findFirst();
    if (provider.isEmpty()) {
      Backends.open(backend, wanted).close(); // says which there are
      return;
    }
    try {
      provider.get().check(wanted);
    } catch (BackendUnavailableException _) {
      // Executors may have what the driver lacks.
    }
  }
}
