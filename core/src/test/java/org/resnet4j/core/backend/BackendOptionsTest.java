package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
  void areFloat32ByShapeOnTheFirstDeviceUnlessChanged() {
    assertThat(BackendOptions.defaults().precision()).isEqualTo(Precision.FP32);
    BackendOptions options = new BackendOptions(3);
    assertThat(options)
        .isEqualTo(
            new BackendOptions(
                3, AlgorithmChoice.BY_SHAPE, Precision.FP32, 0, TuningListener.NONE, ""));
    TuningListener listener = (_, _) -> {};
    BackendOptions changed =
        new BackendOptions(4, AlgorithmChoice.MEASURED, Precision.BF16, 1, listener, "zen4");
    assertThat(
            options
                .withPrecision(Precision.BF16)
                .withAlgorithms(AlgorithmChoice.MEASURED)
                .withDevice(1)
                .withTuning(listener)
                .withMachine("zen4")
                .withThreads(4))
        .isEqualTo(changed)
        .isEqualTo(
            options
                .withThreads(4)
                .withTuning(listener)
                .withMachine("zen4")
                .withDevice(1)
                .withAlgorithms(AlgorithmChoice.MEASURED)
                .withPrecision(Precision.BF16));
  }

  @Test
  void devicesAreNumberedFromZero() {
    BackendOptions options = new BackendOptions(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withDevice(-1))
        .withMessage("devices are numbered from 0, got -1");
  }

  @Test
  void theReferenceHasOneDevice() {
    BackendOptions options = new BackendOptions(1).withDevice(2);
    assertThatExceptionOfType(BackendUnavailableException.class)
        .isThrownBy(() -> new ReferenceBackendProvider().open(options))
        .withMessage(
            "backend 'reference' is not available: it has one device, number 0, and none of number"
                + " 2; leave the device out, or choose another backend");
  }

  @Test
  void aProviderTakesThePrecisionsItHas() {
    Provider half = new Provider("half", EnumSet.of(Precision.BF16, Precision.FP16));
    BackendOptions options = new BackendOptions(1);
    half.check(options.withPrecision(Precision.FP16));
    half.check(options.withPrecision(Precision.BF16));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> half.check(options))
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
