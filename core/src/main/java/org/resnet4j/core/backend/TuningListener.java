package org.resnet4j.core.backend;

/**
 * Hears how far a backend is with deciding which algorithms to use, where that takes seconds or
 * minutes: it times them, or builds them to see whether they run.
 */
@FunctionalInterface
public interface TuningListener {
  /** Hears nothing. */
  TuningListener NONE = (_, _) -> {};

  /**
   * Called at the beginning, after each decision and at the end, when {@code done == total}; on the
   * thread that decides, which waits. What it throws ends the compilation or the run.
   *
   * @param done decisions that have been taken
   * @param total decisions of this plan and batch size, at least 1
   */
  void tuned(int done, int total);
}
