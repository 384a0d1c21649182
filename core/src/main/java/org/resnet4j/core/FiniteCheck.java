package org.resnet4j.core;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.StepInfo;

/** Looks for values that are NaN or infinite. */
final class FiniteCheck {
  private FiniteCheck() {}

  /** Whether {@code values[from ... from + count - 1]} are finite. */
  static boolean allFinite(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Pictures, in any order and also more than once. Not thread-safe. */
  static final class Pictures {
    private final int classes;
    private int firstBad = -1;

    Pictures(int classes) {
      this.classes = classes;
    }

    /** A picture's logits begin at {@code offset}. */
    void see(int picture, float[] logits, int offset) {
      if ((firstBad < 0 || picture < firstBad) && !allFinite(logits, offset, classes)) {
        firstBad = picture;
      }
    }

    /** Index of the first picture whose logits are not all finite, or -1. */
    int firstBad() {
      return firstBad;
    }
  }

  /** Sees the steps of one picture. Not thread-safe. */
  static final class Steps implements Probe {
    private @Nullable String firstBad;

    @Override
    public void observe(StepInfo step, int image, float[] values) {
      if (firstBad == null && !allFinite(values, 0, values.length)) {
        firstBad = step.node();
      }
    }

    /** The node whose value is the first that is not all finite, or null. */
    @Nullable String firstBad() {
      return firstBad;
    }
  }
}
