package org.resnet4j.cuda.cublas;

/** How a matrix's numbers are stored. Source: {@code cudaDataType_t}. Thread-safe. */
public enum MatrixType implements CublasConstant {
  /** IEEE binary32. */
  R_32F(0),
  /** IEEE binary16. */
  R_16F(2),
  /** The upper half of a binary32. */
  R_16BF(14);

  private final int value;

  MatrixType(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDA_" + name();
  }
}
