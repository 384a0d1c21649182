package org.resnet4j.cuda;

import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.conformance.BackendConformance;
import org.resnet4j.core.conformance.Tolerance;
import org.resnet4j.cuda.support.Emulator;

/** The suite of all backends on the emulated device, in float32. */
class CudaConformanceTest extends BackendConformance {
  private static boolean loaded;

  @Override
  protected Backend open(int threads) {
    synchronized (CudaConformanceTest.class) {
      if (!loaded) {
        Emulator.load();
        loaded = true;
      }
    }
    return OnEmulator.open(Precision.FP32);
  }

  @Override
  protected Tolerance tolerance() {
    return Tolerance.FLOAT32;
  }

  /** What has been launched finishes. */
  @Override
  protected boolean cancelsWithinAStep() {
    return false;
  }
}
