package org.resnet4j.simd.kernel.matrix;

import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.resnet4j.core.backend.Requirement;

/** For tests that need the unit itself. */
public final class MatrixUnits {
  private MatrixUnits() {}

  /** Those of this machine; none if there are none. */
  public static List<UnitKind> all() {
    return !MatrixUnit.isThere()
        ? List.of()
        : MatrixUnit.kind() == UnitKind.AMX
            ? List.of(UnitKind.AMX, UnitKind.AVX512)
            : List.of(UnitKind.AVX512);
  }

  /** Skips the test, and says so, where there is none. */
  public static void require() {
    if (MatrixUnit.current() instanceof Requirement.Without(_, String reason, _)) {
      System.out.println("SKIPPED for lack of matrix units: " + reason);
      Assumptions.abort(reason);
    }
  }
}
