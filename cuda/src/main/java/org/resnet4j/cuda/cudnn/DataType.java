package org.resnet4j.cuda.cudnn;

/**
 * How numbers are stored, and what is computed with. Source: {@code cudnnDataType_t}. Thread-safe.
 */
public enum DataType implements CudnnConstant {
  /** IEEE binary32. */
  FLOAT(0),
  /** IEEE binary64. */
  DOUBLE(1),
  /** IEEE binary16. */
  HALF(2),
  /** The upper half of a binary32. */
  BFLOAT16(9);

  private final int value;

  DataType(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_DATA_" + name();
  }
}
