package org.resnet4j.bench.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.bench.option.BackendArguments.Choice;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.reference.ReferenceBackendProvider;

class BackendArgumentsTest {
  private static final BackendOptions OPTIONS = new BackendOptions(1);

  /** A backend of any name: the reference one, or none. */
  private record Named(String name, boolean available) implements BackendProvider {
    @Override
    public Availability availability() {
      return available
          ? new Availability.Available("device")
          : new Availability.Unavailable(name + " lacks a part", "buy it");
    }

    @Override
    public Backend open(BackendOptions options) {
      return new ReferenceBackendProvider().open(options);
    }
  }

  @Test
  void prefersCudaThenSimdThenReference() {
    List<BackendProvider> all =
        List.of(new Named("cuda", true), new Named("reference", true), new Named("simd", true));
    assertThat(passedOver(all)).isEmpty();
    assertThat(passedOver(List.of(new Named("cuda", false), new Named("simd", true))))
        .containsExactly("cuda: cuda lacks a part");
    assertThat(
            passedOver(
                List.of(
                    new Named("simd", false),
                    new Named("reference", true),
                    new Named("cuda", false))))
        .containsExactly("cuda: cuda lacks a part", "simd: simd lacks a part");
  }

  private static List<String> passedOver(List<BackendProvider> providers) {
    Choice choice = BackendArguments.choose(providers, OPTIONS);
    try (Backend _ = choice.backend()) {
      return choice.passedOver();
    }
  }

  @Test
  void passesOverWhatLacksThePrecision() {
    List<BackendProvider> all = List.of(new Named("simd", true), new Named("reference", true));
    assertThatThrownBy(() -> BackendArguments.choose(all, OPTIONS.withPrecision(Precision.BF16)))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining(
            "simd: does not compute in BF16; reference: does not compute in BF16");
  }

  @Test
  void passesOverWhatLacksTheDevice() {
    List<BackendProvider> all = List.of(new Named("simd", true), new Named("reference", true));
    assertThatThrownBy(() -> BackendArguments.choose(all, OPTIONS.withDevice(1)))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining(
            "simd: it has one device, number 0, and none of number 1; reference:");
  }

  @Test
  void saysWhyNothingRuns() {
    assertThatThrownBy(() -> BackendArguments.choose(List.of(new Named("simd", false)), OPTIONS))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("simd: simd lacks a part");
  }
}
