package org.resnet4j.bench.measure;

import java.io.IOException;

/** Opens engines of one kind. */
public interface EngineFactory {
  /** What tables call its engines. */
  String name();

  /** Relative L2 norm that its answers may differ by from those of an engine in float32. */
  default double limit() {
    return Answers.LIMIT;
  }

  /**
   * Opens an engine that is ready to run.
   *
   * @throws IOException if the engine cannot be had here; says why, and what to do about it
   */
  Engine open(Problem problem) throws IOException;
}
