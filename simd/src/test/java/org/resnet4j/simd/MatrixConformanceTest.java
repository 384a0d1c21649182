package org.resnet4j.simd;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.BackendConformance;
import org.resnet4j.core.conformance.Tolerance;
import org.resnet4j.simd.kernel.matrix.MatrixUnits;

/** The suite of all backends in bfloat16. */
class MatrixConformanceTest extends BackendConformance {
  /** Half a unit in the last of eight bits. */
  private static final double UNIT_ROUNDOFF = 0x1p-8;

  @BeforeAll
  static void needsTheUnit() {
    MatrixUnits.require();
  }

  @Override
  protected Backend open(int threads) {
    return new SimdBackend(new BackendOptions(threads).withPrecision(Precision.BF16));
  }

  /** Inputs, weights and the result are rounded; sums are not. */
  @Override
  protected Tolerance tolerance() {
    return new Tolerance(2 * UNIT_ROUNDOFF, 4 * UNIT_ROUNDOFF, 0);
  }

  /** The result is rounded. */
  @Override
  protected Tolerance integerTolerance(List<StepInfo> steps) {
    return new Tolerance(UNIT_ROUNDOFF, UNIT_ROUNDOFF, 0);
  }
}
