package org.resnet4j.cuda.cublas;

/**
 * What is asked of algorithms. Source: {@code cublasLtMatmulPreferenceAttributes_t}. Thread-safe.
 */
enum PreferenceAttribute implements CublasConstant {
  /** Bytes; int64. */
  MAX_WORKSPACE_BYTES(1),
  /** How parts of a sum may be added up, a bit for each way; int32. */
  REDUCTION_SCHEME_MASK(3),
  /** What may be computed with, a bit for each instruction and type; int64. */
  IMPL_MASK(12);

  private final int value;

  PreferenceAttribute(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUBLASLT_MATMUL_PREF_" + name();
  }
}
