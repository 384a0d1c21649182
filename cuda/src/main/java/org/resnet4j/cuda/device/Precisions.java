package org.resnet4j.cuda.device;

import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.kernels.ElementType;

/** What a precision means for device memory. Stateless. */
public final class Precisions {
  /** What cuDNN's engines load at a time, in which channels must not be split. */
  private static final int VECTOR_BYTES = 16;

  private Precisions() {}

  /** How weights and activations are stored. */
  public static ElementType elementType(Precision precision) {
    return switch (precision) {
      case FP32, TF32 -> ElementType.F32;
      case FP16 -> ElementType.F16;
      case BF16 -> ElementType.BF16;
    };
  }

  /** The number that channels should be a multiple of. */
  public static int channelMultiple(Precision precision) {
    return VECTOR_BYTES / elementType(precision).bytes();
  }
}
