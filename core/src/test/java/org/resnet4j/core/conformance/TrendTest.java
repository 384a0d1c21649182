package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void aTrendIsALineByLeastSquares() {
    double[] x = {0, 1, 2, 3, 4};
    Trend exact = Trend.of(x, new double[] {5, 7, 9, 11, 13});
    assertThat(exact.slope()).isCloseTo(2, within(1e-12));
    assertThat(exact.error()).isCloseTo(0, within(1e-12));
    Trend noisy = Trend.of(x, new double[] {1, -1, 0, 1, -1});
    assertThat(noisy.slope()).isCloseTo(-0.2, within(1e-12));
    assertThat(noisy.error()).isCloseTo(Math.sqrt(3.6 / 3 / 10), within(1e-12));
  }
}
