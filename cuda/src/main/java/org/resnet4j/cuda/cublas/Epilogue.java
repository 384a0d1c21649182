package org.resnet4j.cuda.cublas;

/** What follows a product of cuBLASLt. Source: {@code cublasLtEpilogue_t}. Thread-safe. */
enum Epilogue implements CublasConstant {
  /** Nothing. */
  DEFAULT(1),
  /** {@code max(x, 0)}. */
  RELU(2),
  /** A number for each row is added. */
  BIAS(4),
  /** {@link #BIAS}, then {@link #RELU}. */
  RELU_BIAS(6);

  private final int value;

  Epilogue(int value) {
    this.value = value;
  }

  /** The one with these parts. */
  static Epilogue of(boolean bias, boolean relu) {
    if (bias) {
      return relu ? RELU_BIAS : BIAS;
    }
    return relu ? RELU : DEFAULT;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUBLASLT_EPILOGUE_" + name();
  }
}
