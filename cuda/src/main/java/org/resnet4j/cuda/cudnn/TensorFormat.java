package org.resnet4j.cuda.cudnn;

/** Order of a packed tensor's dimensions. Source: {@code cudnnTensorFormat_t}. Thread-safe. */
public enum TensorFormat implements CudnnConstant {
  /** Width is innermost. */
  NCHW(0),
  /** Channels are innermost. */
  NHWC(1);

  private final int value;

  TensorFormat(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_TENSOR_" + name();
  }
}
