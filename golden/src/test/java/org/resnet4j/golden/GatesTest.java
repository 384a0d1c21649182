package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatesTest {
  @ParameterizedTest
  @CsvSource({
    "simd, LAYER2, 1e-6, false, 4.1e-6",
    "simd, LAYER2, 1e-6, true, 4.1e-6",
    "simd, LOGITS, 1e-6, false, 3.1e-6",
    "simd, LOGITS, 1e-6, true, 6.1e-6",
    "reference, LAYER3, 1e-6, false, 1.1e-6",
    "reference, LOGITS, 1e-6, false, 1.1e-6",
    "cuda, LOGITS, 1e-6, false, 4.1e-6",
    "unheard-of, LOGITS, 1e-6, false, 3.1e-6",
    "simd, STEM, 0, false, 1e-7",
    "simd, LOGITS, NaN, false, 1e-5",
    "simd, LAYER4, NaN, true, 1e-5",
    "simd, LAYER4, 9e-4, false, 1e-4",
  })
  void areMultiplesOfTheReferencesError(
      String backend, Stage stage, double eRef, boolean winograd, double gate) {
    assertThat(Gates.of(backend).relativeResidual(stage, eRef, Double.NaN, winograd))
        .isCloseTo(gate, within(1e-12));
  }

  @Test
  void aLuckyReferenceDoesNotTightenThem() {
    assertThat(Gates.of("simd").relativeResidual(Stage.LOGITS, 1e-9, 1e-6, false))
        .isCloseTo(3.1e-6, within(1e-12));
  }
}
