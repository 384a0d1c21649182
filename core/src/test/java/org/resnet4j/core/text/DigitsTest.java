package org.resnet4j.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          0;0;0 MB;0 MB
          999;999;1 MB;0 MB
          1000;1,000;1 MB;0 MB
          1002003;1,002,003;2 MB;1 MB
          999999999;999,999,999;1,000 MB;999 MB
          9223372036854775807;9,223,372,036,854,775,807;9,223,372,036,855 MB;9,223,372,036,854 MB
          """)
  void groupsThousands(long number, String digits, String megabytes, String whole) {
    assertThat(Digits.grouped(number)).isEqualTo(digits);
    assertThat(Digits.megabytes(number)).isEqualTo(megabytes);
    assertThat(Digits.wholeMegabytes(number)).isEqualTo(whole);
  }
}
