package org.resnet4j.cuda.device;

import java.util.Set;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.cublas.ComputeType;
import org.resnet4j.cuda.cublas.MathMode;
import org.resnet4j.cuda.cublas.MatrixType;
import org.resnet4j.cuda.cudnn.DataType;
import org.resnet4j.cuda.cudnn.MathType;
import org.resnet4j.cuda.cudnn.NumericalNote;

/** What a precision means to cuDNN and cuBLAS. All sums are in float32. Stateless. */
public final class Arithmetic {
  private Arithmetic() {}

  /** How cuDNN's tensors are stored. */
  public static DataType dataType(Precision precision) {
    return switch (precision) {
      case FP32, TF32 -> DataType.FLOAT;
      case FP16 -> DataType.HALF;
      case BF16 -> DataType.BFLOAT16;
    };
  }

  /** How cuBLAS's matrices are stored. */
  public static MatrixType matrixType(Precision precision) {
    return switch (precision) {
      case FP32, TF32 -> MatrixType.R_32F;
      case FP16 -> MatrixType.R_16F;
      case BF16 -> MatrixType.R_16BF;
    };
  }

  /** For convolutions of cuDNN's legacy API; its default rounds float32 to TF32. */
  public static MathType mathType(Precision precision) {
    return switch (precision) {
      case FP32 -> MathType.FMA_MATH;
      case TF32 -> MathType.DEFAULT_MATH;
      case FP16, BF16 -> MathType.TENSOR_OP_MATH;
    };
  }

  /**
   * Whether an algorithm of the legacy API that is listed with this arithmetic can be run in the
   * precision's own.
   */
  public static boolean allows(Precision precision, MathType named) {
    return switch (named) {
      case FMA_MATH, DEFAULT_MATH -> true;
      case TENSOR_OP_MATH -> precision != Precision.FP32;
      case TENSOR_OP_MATH_ALLOW_CONVERSION -> false;
    };
  }

  /** Engines of cuDNN's graph API that compute something else. */
  public static Set<NumericalNote> unwanted(Precision precision) {
    return switch (precision) {
      case FP32 ->
          Set.of(
              NumericalNote.TENSOR_CORE,
              NumericalNote.DOWN_CONVERT_INPUTS,
              NumericalNote.REDUCED_PRECISION_REDUCTION,
              NumericalNote.NONDETERMINISTIC);
      case TF32, FP16, BF16 ->
          Set.of(
              NumericalNote.DOWN_CONVERT_INPUTS,
              NumericalNote.REDUCED_PRECISION_REDUCTION,
              NumericalNote.NONDETERMINISTIC);
    };
  }

  /** Whether products may be on tensor cores. */
  public static boolean usesTensorCores(Precision precision) {
    return precision != Precision.FP32;
  }

  /** For a cuBLAS handle. */
  static MathMode mathMode(Precision precision) {
    return switch (precision) {
      case FP32 -> MathMode.DEFAULT_MATH;
      case TF32 -> MathMode.TF32_TENSOR_OP_MATH;
      case FP16, BF16 -> MathMode.MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
    };
  }

  /** For a product of cuBLAS. */
  public static ComputeType computeType(Precision precision) {
    return switch (precision) {
      case FP32, FP16, BF16 -> ComputeType.COMPUTE_32F;
      case TF32 -> ComputeType.COMPUTE_32F_FAST_TF32;
    };
  }
}
