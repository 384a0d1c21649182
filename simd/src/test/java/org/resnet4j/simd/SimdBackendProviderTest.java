package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;

class SimdBackendProviderTest {
  @ParameterizedTest
  @EnumSource(Precision.class)
  void opensInWhatItComputesIn(Precision precision) {
    SimdBackendProvider provider = new SimdBackendProvider();
    BackendOptions options = new BackendOptions(1).withPrecision(precision);
    if (precision == Precision.FP32 || (precision == Precision.BF16 && MatrixUnit.isThere())) {
      try (Backend backend = provider.open(options)) {
        assertThat(backend.name()).isEqualTo("simd");
        assertThat(MatrixUnit.isThere() && backend.device().contains(MatrixUnit.kind().text()))
            .isEqualTo(precision == Precision.BF16);
      }
    } else if (precision == Precision.BF16) {
      assertThatExceptionOfType(BackendUnavailableException.class)
          .isThrownBy(() -> provider.open(options))
          .withMessageStartingWith("backend 'simd' is not available: ")
          .withMessageContaining(((Requirement.Without) MatrixUnit.current()).reason());
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> provider.open(options))
          .withMessage(
              "backend 'simd' does not compute in %s; choose one of [FP32, BF16] or another backend",
              precision);
    }
  }

  @Test
  void refusesToOpenWhereAKnownAnswerIsWrong() {
    SimdBackendProvider wrong = new SimdBackendProvider(() -> Optional.of("GROUPED gives 2.0"));
    assertThatExceptionOfType(BackendUnavailableException.class)
        .isThrownBy(() -> wrong.open(new BackendOptions(1)))
        .withMessageStartingWith(
            "backend 'simd' is not available: this JVM computes wrongly: GROUPED gives 2.0; use"
                + " another build of JDK 25")
        .withMessageNotContaining("\n");
    new SimdBackendProvider(Optional::empty).open(new BackendOptions(1)).close();
  }

  @Test
  void tellsWhetherAnswersAreRightAndVectorsFast() {
    SimdBackendProvider provider = new SimdBackendProvider();
    assertThat(provider.requirements())
        .extracting(Requirement::name)
        .containsExactly("machine", "speed", "tiles", "bfloat16");
    assertThat(provider.availability()).isInstanceOf(Availability.Available.class);
  }

  @Test
  void hasOneDevice() {
    SimdBackendProvider provider = new SimdBackendProvider();
    assertThatExceptionOfType(BackendUnavailableException.class)
        .isThrownBy(() -> provider.open(new BackendOptions(1).withDevice(1)))
        .withMessageContaining("it has one device, number 0, and none of number 1");
  }
}
