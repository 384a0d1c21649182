package org.resnet4j.cuda.cublas;

/**
 * What is set of a product's description. Source: {@code cublasLtMatmulDescAttributes_t}.
 * Thread-safe.
 */
enum MatmulAttribute implements CublasConstant {
  /** {@link Operation} of A; int32. */
  TRANSA(3),
  /** {@link Operation} of B; int32. */
  TRANSB(4),
  /** {@link Epilogue}; int32. */
  EPILOGUE(7),
  /** Device address of the bias, whose numbers have D's type; int64. */
  BIAS_POINTER(8);

  private final int value;

  MatmulAttribute(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUBLASLT_MATMUL_DESC_" + name();
  }
}
