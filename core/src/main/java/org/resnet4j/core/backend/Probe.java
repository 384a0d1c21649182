package org.resnet4j.core.backend;

/**
 * Sees each step of a run: how long it took, for profiles, and its value, for verification. A run
 * whose values are asked for is slower, but its steps' times are not, and it keeps what was asked
 * for until it ends.
 */
@FunctionalInterface
public interface Probe {
  /**
   * Whether {@link #observe} is to be called for a step's value; the same during a run. Asked on
   * any thread, which others may be waiting for: it must not wait for a backend.
   */
  default boolean wantsValue(StepInfo step, int image) {
    return true;
  }

  /**
   * Called once for each step in order, before the step's {@link #observe}, on the thread that
   * called {@code run}.
   *
   * @param nanos wall-clock time the step took for the whole batch
   */
  default void took(StepInfo step, long nanos) {}

  /**
   * Called for each step, once for each image of the batch whose value is wanted, in ascending
   * order, on the thread that called {@code run}.
   *
   * @param image index in the batch
   * @param values CHW, {@code step.shape().size()} floats; the callee may keep the array
   */
  void observe(StepInfo step, int image, float[] values);
}
