package org.resnet4j.cuda.cudnn;

/** How an engine's numbers may differ. Source: {@code cudnnBackendNumericalNote_t}. Thread-safe. */
public enum NumericalNote implements CudnnConstant {
  /** Tensor cores; TF32 for float32 data. */
  TENSOR_CORE(0),
  /** Inputs are rounded to a smaller type. */
  DOWN_CONVERT_INPUTS(1),
  /** Sums are kept in a smaller type. */
  REDUCED_PRECISION_REDUCTION(2),
  /** By Fourier transform. */
  FFT(3),
  /** Bits differ from run to run. */
  NONDETERMINISTIC(4),
  /** By Winograd transform. */
  WINOGRAD(5),
  /** Tiles of 4 by 4. */
  WINOGRAD_TILE_4x4(6),
  /** Tiles of 6 by 6. */
  WINOGRAD_TILE_6x6(7),
  /** Tiles of 13 by 13. */
  WINOGRAD_TILE_13x13(8),
  /** NaN spreads as the arithmetic says. */
  STRICT_NAN_PROP(9);

  private final int value;

  NumericalNote(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_NUMERICAL_NOTE_" + name();
  }
}
