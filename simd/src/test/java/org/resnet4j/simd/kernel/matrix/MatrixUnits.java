package org.resnet4j.simd.kernel.matrix;

import org.junit.jupiter.api.Assumptions;
import org.resnet4j.core.backend.Requirement;

/** For tests that need the unit itself. */
public final class MatrixUnits {
  private MatrixUnits() {}

  /** Skips the test, and says so, where there is none. */
  public static void require() {
    if (MatrixUnit.current() instanceof Requirement.Without(_, String reason, _)) {
      System.out.println("SKIPPED for lack of matrix units: " + reason);
      Assumptions.abort(reason);
    }
  }
}
