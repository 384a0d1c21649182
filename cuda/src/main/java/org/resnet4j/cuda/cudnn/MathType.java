package org.resnet4j.cuda.cudnn;

/** Which arithmetic a convolution may use. Source: {@code cudnnMathType_t}. Thread-safe. */
public enum MathType implements CudnnConstant {
  /** Tensor cores where the types allow; TF32 for float32 data. */
  DEFAULT_MATH(0),
  /** Tensor cores wanted. */
  TENSOR_OP_MATH(1),
  /** Tensor cores, also by rounding float32 to float16. */
  TENSOR_OP_MATH_ALLOW_CONVERSION(2),
  /** No tensor cores: strict float32. */
  FMA_MATH(3);

  private final int value;

  MathType(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_" + name();
  }
}
