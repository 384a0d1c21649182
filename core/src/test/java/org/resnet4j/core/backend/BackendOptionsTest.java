package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.reference.ReferenceBackendProvider;

class BackendOptionsTest {
  /** Of which only name and precisions count. */
  private record Provider(String name, Set<Precision> precisions) implements BackendProvider {
    @Override
    public Availability availability() {
      return new Availability.Available("device");
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void areFloat32ByShapeUnlessChanged() {
    assertThat(BackendOptions.defaults().precision()).isEqualTo(Precision.FP32);
    BackendOptions options = new BackendOptions(3);
    assertThat(options).isEqualTo(new BackendOptions(3, AlgorithmChoice.BY_SHAPE, Precision.FP32));
    assertThat(options.withPrecision(Precision.BF16).withAlgorithms(AlgorithmChoice.MEASURED))
        .isEqualTo(new BackendOptions(3, AlgorithmChoice.MEASURED, Precision.BF16))
        .isEqualTo(options.withAlgorithms(AlgorithmChoice.MEASURED).withPrecision(Precision.BF16));
  }

  @Test
  void aProviderTakesThePrecisionsItHas() {
    Provider half = new Provider("half", EnumSet.of(Precision.BF16, Precision.FP16));
    half.checkPrecision(Precision.FP16);
    half.checkPrecision(Precision.BF16);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> half.checkPrecision(Precision.FP32))
        .withMessage(
            "backend 'half' does not compute in FP32; choose one of [FP16, BF16] or another"
                + " backend");
  }

  @ParameterizedTest
  @EnumSource(value = Precision.class, mode = EnumSource.Mode.EXCLUDE, names = "FP32")
  void theReferenceIsFloat32(Precision precision) {
    BackendOptions options = new BackendOptions(1).withPrecision(precision);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReferenceBackendProvider().open(options))
        .withMessage(
            "backend 'reference' does not compute in %s; choose one of [FP32] or another backend",
            precision);
  }
}
