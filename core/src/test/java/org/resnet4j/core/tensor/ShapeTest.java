package org.resnet4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
  @Test
  void countsItsValues() {
    Shape largest = new Shape(2, Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertThat(largest.size()).isEqualTo(2 * largest.pixels()).isEqualTo(9223372028264841218L);
    assertThat(new Shape(64, 56, 28)).hasToString("64x56x28");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, at least 1",
    "1, -1, 1, at least 1",
    "2097152, 2097152, 2097152, more values than can be counted",
    "3, 2147483647, 2147483647, more values than can be counted",
    "2147483647, 2147483647, 2147483647, more values than can be counted",
    "2147483647, 2147483647, 5, more values than can be counted",
    "4, 2147483647, 2147483647, more values than can be counted",
  })
  void refusesWhatCannotBeCounted(int channels, int height, int width, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Shape(channels, height, width))
        .withMessageContaining(why);
  }
}
