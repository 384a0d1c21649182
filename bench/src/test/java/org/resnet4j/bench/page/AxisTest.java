package org.resnet4j.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class AxisTest {
  @Test
  void marksPowersOfTen() {
    assertThat(Axis.logarithmic(3, 2000, 0, 1).ticks())
        .isEqualTo(List.of(1.0, 10.0, 100.0, 1000.0, 10000.0));
    assertThat(Axis.logarithmic(0.02, 0.09, 0, 1).ticks())
        .isEqualTo(List.of(0.01, 0.02, 0.05, 0.1));
    assertThat(Axis.logarithmic(10, 10, 0, 1).ticks()).isEqualTo(List.of(10.0, 20.0, 50.0, 100.0));
  }

  @ParameterizedTest
  @CsvSource({"1e-30, 1e30", "5e-324, 1", "1e-300, 1e300", "1, 1.7e308", "1e-30, 1e-30", "1, 0"})
  void hasAnEndForWhateverNumbers(double smallest, double largest) {
    assertThat(Axis.logarithmic(smallest, Math.max(smallest, largest), 0, 1).ticks())
        .hasSizeBetween(1, 1000);
    assertThat(Axis.linear(largest, 0, 1).ticks()).hasSizeBetween(2, 10);
  }
}
