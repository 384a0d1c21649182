package org.resnet4j.cuda.cudnn;

/** What becomes of NaN. Source: {@code cudnnNanPropagation_t}. Thread-safe. */
enum NanPropagation implements CudnnConstant {
  /** Lost in a maximum. */
  NOT_PROPAGATE_NAN(0),
  /** Kept. */
  PROPAGATE_NAN(1);

  private final int value;

  NanPropagation(int value) {
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
