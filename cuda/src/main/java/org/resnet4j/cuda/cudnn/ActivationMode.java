package org.resnet4j.cuda.cudnn;

/** What is applied to each number. Source: {@code cudnnActivationMode_t}. Thread-safe. */
public enum ActivationMode implements CudnnConstant {
  /** {@code max(x, 0)}. */
  RELU(1),
  /** Nothing. */
  IDENTITY(5);

  private final int value;

  ActivationMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_ACTIVATION_" + name();
  }
}
