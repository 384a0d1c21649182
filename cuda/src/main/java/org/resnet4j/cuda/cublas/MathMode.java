package org.resnet4j.cuda.cublas;

/** Which arithmetic may be used. Source: {@code cublasMath_t}. Thread-safe. */
public enum MathMode implements CublasConstant {
  /** Tensor cores where the types allow; float32 stays float32. */
  DEFAULT_MATH(0),
  /** Exactly as the types say, each phase. */
  PEDANTIC_MATH(2),
  /** TF32 for float32 data. */
  TF32_TENSOR_OP_MATH(3),
  /** As {@link #DEFAULT_MATH}, and parts of a sum are never added up in float16 or bfloat16. */
  MATH_DISALLOW_REDUCED_PRECISION_REDUCTION(16);

  private final int value;

  MathMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUBLAS_" + name();
  }
}
