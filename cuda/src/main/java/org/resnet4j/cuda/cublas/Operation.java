package org.resnet4j.cuda.cublas;

/** How a matrix is read. Source: {@code cublasOperation_t}. Thread-safe. */
public enum Operation implements CublasConstant {
  /** As it is. */
  OP_N(0),
  /** Transposed. */
  OP_T(1);

  private final int value;

  Operation(int value) {
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
