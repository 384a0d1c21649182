package org.resnet4j.golden;

/**
 * The comparison of one stage. The measures are those of {@link Metrics}.
 *
 * @param name the stage
 * @param maxAbs in the values' own units
 * @param rm relative to the largest value
 * @param rr relative residual
 * @param eRef what rounding costs here in the backend's precision: for float32 the relative
 *     residual of PyTorch's own run ({@link RoundingErrors}); NaN if unknown
 * @param gate the largest {@code rr} allowed
 * @param passed whether the stage is within its gate
 * @param note why it is not, or empty
 */
public record StageResult(
    String name,
    double maxAbs,
    double rm,
    double rr,
    double eRef,
    double gate,
    boolean passed,
    String note) {
  /** {@code rr / eRef}: 1 loses what the precision loses; NaN if {@code eRef} is unknown. */
  public double ratio() {
    return rr / eRef;
  }

  /** {@code rr / gate}: above 1 the stage has failed. */
  public double load() {
    return rr / gate;
  }
}
