package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.Precision;

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
    assertThat(
            Gates.of(backend, Precision.FP32)
                .relativeResidual(stage, error(eRef), RoundingErrors.UNKNOWN, winograd))
        .isCloseTo(gate, within(1e-12));
  }

  @Test
  void aLuckyReferenceDoesNotTightenThem() {
    assertThat(
            Gates.of("simd", Precision.FP32)
                .relativeResidual(Stage.LOGITS, error(1e-9), error(1e-6), false))
        .isCloseTo(3.1e-6, within(1e-12));
  }

  /** 2^13 and 2^16 times float32's, up to what no network may exceed. */
  @ParameterizedTest
  @CsvSource({
    "FP32, 1e-7, 5e-7",
    "TF32, 1e-7, 1.6384e-3",
    "FP16, 1e-7, 1.6384e-3",
    "BF16, 1e-7, 1.31072e-2",
    "FP16, 1e-5, 2e-2",
    "BF16, 1e-5, 1e-1",
    "FP16, NaN, 2e-2"
  })
  void growWithTheUnitRoundoff(Precision precision, double eRef, double gate) {
    assertThat(
            Gates.of("cuda", precision)
                .relativeResidual(Stage.LOGITS, error(eRef), RoundingErrors.UNKNOWN, false))
        .isCloseTo(gate, within(1e-9));
  }

  private static RoundingErrors error(double eRef) {
    return Double.isNaN(eRef) ? RoundingErrors.UNKNOWN : RoundingErrors.ofFloat32(eRef);
  }

  /** Whatever float32's is, and no less than before. */
  @ParameterizedTest
  @CsvSource({
    "FP16, 5e-4, NaN, 1.5e-3",
    "FP16, 5e-4, 7e-4, 2.1e-3",
    "BF16, 4e-3, 1e-3, 1.2e-2",
    "TF32, 9e-3, NaN, 2e-2"
  })
  void areThriceWhatAPrecisionCosts(Precision precision, double error, double before, double gate) {
    RoundingErrors errors = RoundingErrors.of(Map.of(Precision.FP32, 9e-7, precision, error));
    RoundingErrors earlier =
        Double.isNaN(before)
            ? RoundingErrors.ofFloat32(1)
            : RoundingErrors.of(Map.of(precision, before));
    assertThat(Gates.of("cuda", precision).relativeResidual(Stage.LAYER4, errors, earlier, true))
        .isCloseTo(gate, within(1e-9));
  }

  @Test
  void whatIsNoErrorIsRefused() {
    for (double wrong : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RoundingErrors.of(Map.of(Precision.BF16, wrong)))
          .withMessageContaining("no error of BF16");
    }
  }
}
