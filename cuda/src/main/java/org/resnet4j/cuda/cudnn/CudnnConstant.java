package org.resnet4j.cuda.cudnn;

import org.jspecify.annotations.Nullable;

/** A constant of cuDNN's C headers. Thread-safe. */
interface CudnnConstant {
  /** Its value in C. */
  int value();

  /** Its name in C, such as {@code CUDNN_DATA_FLOAT}. */
  String cName();

  /** The one with this value, or null. */
  static <T extends CudnnConstant> @Nullable T named(T[] constants, int value) {
    for (T constant : constants) {
      if (constant.value() == value) {
        return constant;
      }
    }
    return null;
  }
}
