package org.resnet4j.core.backend;

import org.resnet4j.core.graph.Graph;

/** An open backend: owns threads or a device. Thread-safe. */
public interface Backend extends AutoCloseable {
  /** The provider's name. */
  String name();

  /** What it runs on, for people. */
  String device();

  /**
   * Lowers a graph: chooses kernels, packs weights, lays out memory.
   *
   * <p>A backend may take numbers far too small to matter for zeros, in weights, inputs and results
   * of ReLUs, because a processor may be slow with denormal floats: {@code simd} does so below
   * 2<sup>-100</sup>, the reference never. NaN and infinities are never dropped.
   *
   * <p>Every backend takes what {@link org.resnet4j.core.graph.pass.Passes#inference} leaves of a
   * ResNet; the reference backend takes any graph.
   *
   * @throws IllegalArgumentException if an operator is not supported or a parameter is a meta
   *     tensor; names the node
   * @throws IllegalStateException if the backend is closed
   * @throws InsufficientMemoryException if there is no memory for its weights
   * @throws DeviceFailedException if what it runs on fails
   * @throws RunCancelledException if the calling thread is interrupted while algorithms are
   *     measured
   */
  Plan compile(Graph graph);

  /**
   * Releases threads and device. Runs in flight finish; later ones throw {@link
   * IllegalStateException}. The worker threads of a CPU backend that was not closed end when
   * neither it nor any of its plans and sessions can be reached; a device is held until it is
   * closed.
   */
  @Override
  void close();
}
