package org.resnet4j.cuda.cudnn;

/** Who lists engine configurations. Source: {@code cudnnBackendHeurMode_t}. Thread-safe. */
public enum HeuristicMode implements CudnnConstant {
  /** Fast to ask. */
  INSTANT(0),
  /** A model of the device; slower to ask. */
  B(1),
  /** What works, without an order. */
  FALLBACK(2),
  /** Fast to ask, for most shapes as good as {@link #B}. */
  A(3);

  private final int value;

  HeuristicMode(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_HEUR_MODE_" + name();
  }
}
