package org.resnet4j.core.weights;

import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Refuses values that would silently turn every result into NaN. */
public final class ValueCheck {
  private static final int INFINITY_BITS = 0x7f800000;
  private static final int MAGNITUDE_BITS = 0x7fffffff;

  private ValueCheck() {}

  /**
   * Checks that all values are finite, and not negative if {@code name} is a {@code running_var}.
   *
   * @param source the file's path or description
   * @throws WeightsFileException {@code BAD_VALUE} naming the first offending element
   */
  public static void check(String source, String name, Tensor tensor) throws WeightsFileException {
    float[] values = tensor.data();
    if (!allFinite(values)) {
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw bad(source, name, tensor, i, "which is not finite");
        }
      }
    }
    if (name.equals("running_var") || name.endsWith(".running_var")) {
      for (int i = 0; i < values.length; i++) {
        if (values[i] < 0) {
          throw bad(source, name, tensor, i, "but a variance cannot be negative");
        }
      }
    }
  }

  /** Whether the largest magnitude is below infinity; a reduction that the JIT vectorises. */
  private static boolean allFinite(float[] values) {
    int largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & MAGNITUDE_BITS);
    }
    return largest < INFINITY_BITS;
  }

  private static WeightsFileException bad(
      String source, String name, Tensor tensor, int flat, String why) {
    String index = Tensor.describe(indices(tensor, flat));
    String problem = "has " + tensor.data()[flat] + " at " + index + ", " + why;
    return WeightsFileException.ofTensor(Code.BAD_VALUE, source, name, problem);
  }

  private static int[] indices(Tensor tensor, int flat) {
    int[] indices = new int[tensor.rank()];
    int rest = flat;
    for (int axis = tensor.rank() - 1; axis >= 0; axis--) {
      indices[axis] = rest % tensor.dim(axis);
      rest /= tensor.dim(axis);
    }
    return indices;
  }
}
