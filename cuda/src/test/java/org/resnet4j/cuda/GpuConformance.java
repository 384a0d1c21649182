package org.resnet4j.cuda;

import java.util.List;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.BackendConformance;
import org.resnet4j.core.conformance.Tolerance;

/**
 * The suite of all backends on the device that the process finds, in float32. No test of the build:
 * {@code gpu-check.sh} runs it.
 */
class GpuConformance extends BackendConformance {
  @Override
  protected Backend open(int threads) {
    return Backends.open(CudaBackendProvider.NAME, BackendOptions.defaults());
  }

  @Override
  protected Tolerance tolerance() {
    return Tolerance.FLOAT32;
  }

  /** cuDNN does not say whether an engine is one of Winograd's. */
  @Override
  protected Tolerance integerTolerance(List<StepInfo> steps) {
    return Tolerance.TRANSFORMED;
  }

  /** The algorithm may be another one for another batch. */
  @Override
  protected boolean deterministic() {
    return false;
  }

  /** What has been launched finishes. */
  @Override
  protected boolean cancelsWithinAStep() {
    return false;
  }
}
