package org.resnet4j.bench.measure;

import java.io.IOException;

/** Loads a network once for callers on several threads. */
public interface SharedEngines {
  /** What tables call its engines. */
  String name();

  /**
   * Loads a network.
   *
   * @param problem whose graph it is; its threads are those of each caller
   * @throws IOException if the engine cannot be had here; says why, and what to do about it
   */
  Loaded load(Problem problem) throws IOException;

  /** A network for several callers. Thread-safe. */
  interface Loaded extends AutoCloseable {
    /**
     * An engine for one caller; closed before this.
     *
     * @param batch images in a run
     */
    Fed engine(int batch);

    @Override
    void close();
  }

  /** An engine that is given other pictures again and again. */
  interface Fed extends Engine {
    /**
     * Copies what the next runs compute on.
     *
     * @param input NCHW, as many values as its runs take
     */
    void feed(float[] input);
  }
}
