package org.resnet4j.core.backend;

/** Sees each step's value during a run; for verification, not for speed. */
@FunctionalInterface
public interface Probe {
  /**
   * Called after each step, once for each image of the batch in ascending order, on the thread that
   * called {@code run}.
   *
   * @param image index in the batch
   * @param values CHW, {@code step.shape().size()} floats; the callee may keep the array
   */
  void observe(StepInfo step, int image, float[] values);
}
