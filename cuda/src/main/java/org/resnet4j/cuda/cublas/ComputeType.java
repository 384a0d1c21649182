package org.resnet4j.cuda.cublas;

/** What products are summed in. Source: {@code cublasComputeType_t}. Thread-safe. */
public enum ComputeType implements CublasConstant {
  /** float32. */
  COMPUTE_32F(68),
  /** float32 in every phase. */
  COMPUTE_32F_PEDANTIC(69),
  /** float32 of TF32 products. */
  COMPUTE_32F_FAST_TF32(77);

  private final int value;

  ComputeType(int value) {
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
