package org.resnet4j.bench;

import org.junit.jupiter.api.Assumptions;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Backends;

/** Why the tests' machine has no GPU to run on. */
final class NoGpu {
  private NoGpu() {}

  /** What the cuda backend says; aborts the test where there is a GPU. */
  static Availability.Unavailable here() {
    BackendProvider cuda =
        Backends.providers().stream()
            .filter(provider -> provider.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    if (cuda.availability() instanceof Availability.Unavailable missing) {
      return missing;
    }
    return Assumptions.abort("this machine has a GPU");
  }
}
