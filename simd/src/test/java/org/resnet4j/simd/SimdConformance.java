package org.resnet4j.simd;

import java.util.List;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.BackendConformance;
import org.resnet4j.core.conformance.Tolerance;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * The conformance suite at one vector width; widths the processor lacks are emulated by the Vector
 * API.
 */
abstract class SimdConformance extends BackendConformance {
  private final VectorWidth width;

  SimdConformance(VectorWidth width) {
    this.width = width;
  }

  @Override
  protected Backend open(int threads) {
    return new SimdBackend(threads, width);
  }

  @Override
  protected Tolerance integerTolerance(List<StepInfo> steps) {
    return steps.stream().anyMatch(step -> step.kernel().startsWith("WINOGRAD"))
        ? Tolerance.TRANSFORMED
        : Tolerance.EXACT;
  }

  @Override
  protected Tolerance tolerance() {
    return Tolerance.FLOAT32;
  }
}
