package org.resnet4j.cuda.cudnn;

/** How a window becomes a number. Source: {@code cudnnPoolingMode_t}. Thread-safe. */
public enum PoolingMode implements CudnnConstant {
  /** The largest. */
  MAX(0),
  /** Sum over the window's size. */
  AVERAGE_COUNT_INCLUDE_PADDING(1),
  /** Sum over the numbers inside the image. */
  AVERAGE_COUNT_EXCLUDE_PADDING(2),
  /** The largest; the same one each time. */
  MAX_DETERMINISTIC(3);

  private final int value;

  PoolingMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_POOLING_" + name();
  }
}
