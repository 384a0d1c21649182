package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Gpus;

class CudaBackendProviderTest {
  private static final BackendOptions OPTIONS = new BackendOptions(1);

  @Test
  void isFound() {
    assertThat(Backends.providers())
        .extracting(BackendProvider::name)
        .contains(CudaBackendProvider.NAME);
  }

  @Nested
  class Emulated {
    private final CudaBackendProvider provider = new CudaBackendProvider(Gpus.libraries());

    @BeforeEach
    void load() {
      Emulator.load();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void opensInEveryPrecision(Precision precision) {
      try (Backend backend = provider.open(OPTIONS.withPrecision(precision))) {
        assertThat(provider.availability()).isEqualTo(new Availability.Available(backend.device()));
        assertThat(backend.device()).startsWith("Emulated GPU 0, compute capability 9.0");
      }
      assertThat(Emulator.leaks()).isEmpty();
    }

    @Test
    void opensTheDeviceAskedFor() {
      Emulator.option("devices", 2);
      try (Backend backend = provider.open(OPTIONS.withDevice(1))) {
        assertThat(provider.availability(1)).isInstanceOf(Availability.Available.class);
        assertThat(backend.device()).startsWith("Emulated GPU 1");
      }
      assertThatExceptionOfType(BackendUnavailableException.class)
          .isThrownBy(() -> provider.open(OPTIONS.withDevice(2)))
          .withMessageContaining("there is no device 2; the driver sees 2");
    }

    @ParameterizedTest
    @CsvSource({"FP32, true", "FP16, true", "TF32, false", "BF16, false"})
    void turingHasTwoPrecisions(Precision precision, boolean has) {
      Emulator.option("compute.major", 7);
      Emulator.option("compute.minor", 5);
      BackendOptions options = OPTIONS.withPrecision(precision);
      if (has) {
        provider.open(options).close();
      } else {
        assertThatExceptionOfType(BackendUnavailableException.class)
            .isThrownBy(() -> provider.open(options))
            .withMessageContaining(precision + " needs 8.0; choose one of [FP32, FP16]");
      }
      assertThat(Emulator.leaks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
      "cudnnCreate, 1008, libcudnn_graph",
      "cublasCreate_v2, 3, free memory",
      "cuDevicePrimaryCtxRetain, 2, free memory",
      "cuStreamCreate, 999, dmesg",
    })
    void saysWhatToDoIfTheDeviceDoesNotStart(String function, int code, String remedy) {
      Emulator.fail(function, 1, code);
      assertThatExceptionOfType(BackendUnavailableException.class)
          .isThrownBy(() -> provider.open(OPTIONS))
          .withMessageContaining("device 0 does not start: " + function)
          .withCauseInstanceOf(CudaException.class)
          .satisfies(e -> assertThat(e.remedy()).contains(remedy));
      assertThat(Emulator.leaks()).isEmpty();
    }

    @Test
    void saysWhatIsMissing(@TempDir Path folder) {
      CudaBackendProvider without =
          new CudaBackendProvider(Gpus.libraries(folder, Emulator.library("libcublas.so.12")));
      assertThat(without.availability()).isInstanceOf(Availability.Unavailable.class);
      var missing = (Availability.Unavailable) without.availability();
      assertThat(missing.reason()).startsWith("cuDNN 9 not found");
      assertThatExceptionOfType(BackendUnavailableException.class)
          .isThrownBy(() -> without.open(OPTIONS))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(missing.reason()))
          .satisfies(e -> assertThat(e.remedy()).isEqualTo(missing.remedy()));
    }

    @Test
    void aLibraryThatDoesNotTellItsVersionIsUnavailable() {
      Emulator.fail("cublasGetProperty", 1, 7);
      assertThat(provider.availability())
          .isInstanceOfSatisfying(
              Availability.Unavailable.class,
              missing -> assertThat(missing.reason()).contains("cublasGetProperty(type 0)"));
    }
  }
}
