package org.resnet4j.cuda.cudnn;

/** Whether the filter is mirrored. Source: {@code cudnnConvolutionMode_t}. Thread-safe. */
enum ConvolutionMode implements CudnnConstant {
  /** As in signal processing: mirrored. */
  CONVOLUTION(0),
  /** As in neural networks: not mirrored. */
  CROSS_CORRELATION(1);

  private final int value;

  ConvolutionMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_" + name();
  }
}
