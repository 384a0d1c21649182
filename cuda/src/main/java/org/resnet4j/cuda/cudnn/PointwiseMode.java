package org.resnet4j.cuda.cudnn;

/** Arithmetic on each element. Source: {@code cudnnPointwiseMode_t}. Thread-safe. */
enum PointwiseMode implements CudnnConstant {
  /** {@code alpha1 * x + alpha2 * b}. */
  ADD(0),
  /** The product. */
  MUL(1),
  /** Nothing. */
  IDENTITY(21),
  /** {@code max(x, 0)}. */
  RELU_FWD(100);

  private final int value;

  PointwiseMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_POINTWISE_" + name();
  }
}
