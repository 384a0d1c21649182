package org.resnet4j.bench.measure;

/** Something that computes the same answer from the same input again and again. One caller. */
public interface Engine extends AutoCloseable {
  /** What tables call it. */
  String name();

  /**
   * Computes the answer once and returns when it can be read.
   *
   * @throws IllegalStateException if the engine fails
   */
  void run();

  /** The last run's answer, {@code batch * K} values; a copy. */
  float[] answer();

  /** Ends its threads and frees its memory. */
  @Override
  void close();
}
