package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  @Test
  void followTheirFormulas() {
    Metrics metrics = Metrics.of(new float[] {3, -4.5f, 0}, new double[] {3, -4, 0.25});
    assertThat(metrics.maxAbs()).isEqualTo(0.5);
    assertThat(metrics.rm()).isEqualTo(0.5 / 4);
    assertThat(metrics.rr())
        .isCloseTo(Math.sqrt(0.25 + 0.0625) / Math.sqrt(9 + 16 + 0.0625), within(1e-15));
    assertThat(metrics.worst()).isEqualTo(1);
    assertThat(metrics.misplaced()).isFalse();
  }

  @Test
  void equalValuesHaveNoError() {
    assertThat(Metrics.of(new float[] {0, 7}, new double[] {0, 7}))
        .isEqualTo(new Metrics(0, 0, 0, 0, false));
    assertThat(Metrics.of(new float[] {0}, new double[] {0}).rr()).isZero();
  }

  @Test
  void anErrorWhereAllShouldBeZeroIsInfinite() {
    Metrics metrics = Metrics.of(new float[] {0, 1e-30f}, new double[] {0, 0});
    assertThat(metrics.rr()).isInfinite();
    assertThat(metrics.rm()).isInfinite();
  }

  @Test
  void zerosHaveAResidualOfOne() {
    assertThat(Metrics.of(new float[3], new double[] {1, -2, 3}).rr()).isEqualTo(1);
  }

  @Test
  void resolveErrorsFarBelowFloat() {
    Metrics metrics = Metrics.of(new float[] {1}, new double[] {1 + 1e-12});
    assertThat(metrics.rr()).isCloseTo(1e-12, within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1",
    "1, NaN",
    "Infinity, 1",
    "1, -Infinity",
    "Infinity, -Infinity",
    "NaN, Infinity"
  })
  void aMisplacedNonFiniteValueIsInfinitelyWrong(float actual, double expected) {
    Metrics metrics =
        Metrics.of(new float[] {1, 2, actual, NAN_F}, new double[] {1, 2, expected, 0});
    assertThat(metrics).isEqualTo(new Metrics(INF, INF, INF, 2, true));
  }

  private static final float NAN_F = Float.NaN;

  @Test
  void nonFiniteValuesInTheirPlacesDoNotCount() {
    Metrics metrics =
        Metrics.of(
            new float[] {NAN_F, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1.5f},
            new double[] {NAN, INF, -INF, 1});
    assertThat(metrics).isEqualTo(new Metrics(0.5, 0.5, 0.5, 3, false));
  }

  @Test
  void refuseWhatCannotBeCompared() {
    assertThatThrownBy(() -> Metrics.of(new float[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2", "3");
    assertThatThrownBy(() -> Metrics.of(new float[0], new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
