package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;

class CudaBackendProviderTest {
  @Test
  void isFoundAndSaysWhyItCannotRun() {
    BackendProvider cuda =
        Backends.providers().stream()
            .filter(provider -> provider.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    assertThat(cuda.availability())
        .isEqualTo(
            new Availability.Unavailable(
                "the GPU backend is not part of this version", "use --backend simd"));
    assertThatThrownBy(() -> Backends.open("cuda", BackendOptions.defaults()))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage(
            "backend 'cuda' is not available: the GPU backend is not part of this version;"
                + " use --backend simd");
  }
}
