package org.resnet4j.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuoteTest {
  private static final String PICTURE = "\ud83d\ude00"; // one character of two chars

  @ParameterizedTest
  @CsvSource({
    "a b  c, a b  c",
    "a\u001b[31m, a\\u001b[31m",
    "\u202etxt, \\u202etxt",
    "\ud800, \\ud800",
    "\ud83d\ude00, \ud83d\ude00"
  })
  void whatATerminalWouldObeyIsEscaped(String text, String shown) {
    assertThat(Quote.line(text)).isEqualTo(shown);
  }

  @Test
  void aMessageOfSeveralLinesIsOne() {
    assertThat(Quote.oneLine("a  b: \r\n  not so\n\n")).isEqualTo("a  b: not so");
  }

  @Test
  void aParserNamesNoneOfItsClasses() {
    assertThat(
            Quote.jackson(
                "Number value length (5000) exceeds the maximum allowed (1000, from"
                    + " `StreamReadConstraints.getMaxNumberLength()`)"))
        .isEqualTo("Number value length (5000) exceeds the maximum allowed (1000)");
    assertThat(
            Quote.jackson(
                "Unexpected end-of-input: expected close marker for Object (start marker at"
                    + " [Source: (String); line: 1, column: 1])"))
        .isEqualTo("Unexpected end-of-input: expected close marker for Object");
    assertThat(
            Quote.jackson(
                "Unexpected close marker '}': expected ']' (for Array starting at [Source: REDACTED"
                    + " (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset:"
                    + " #UNKNOWN])"))
        .isEqualTo("Unexpected close marker '}': expected ']'");
  }

  /** What is left out of a message is not sought through all of a hostile name. */
  @ParameterizedTest
  @ValueSource(
      strings = {" (for", " (for starting at [Source:", " ", "`StreamReadConstraints", ", from"})
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLongNameTakesNoTime(String piece) {
    String name = piece.repeat(100_000 / piece.length());
    String message = "Duplicate Object property \"" + name + "\"";
    assertThat(Quote.jackson(message)).startsWith("Duplicate Object property").endsWith("\"");
    String mixed =
        " (for".repeat(10_000) + " starting at [Source:".repeat(2_000) + "x".repeat(9_000);
    assertThat(Quote.jackson(mixed)).hasSizeLessThan(1010);
  }

  @Test
  void aLongNameIsCut() {
    assertThat(Quote.name("n".repeat(120))).isEqualTo("'" + "n".repeat(120) + "'");
    assertThat(Quote.name("n".repeat(121))).isEqualTo("'" + "n".repeat(120) + "...'");
  }

  @Test
  void ofALongLineBothEndsAreShown() {
    String text = "a".repeat(600) + "b".repeat(600);
    assertThat(Quote.line(text)).isEqualTo("a".repeat(500) + "..." + "b".repeat(500));
  }

  @Test
  void aCutPartsNoCharacter() {
    for (int before = 0; before < 2; before++) {
      String text = "n".repeat(before) + PICTURE.repeat(700);
      assertThat(Quote.name(text)).doesNotContain("\\u").contains(PICTURE);
      assertThat(Quote.line(text)).doesNotContain("\\u").contains(PICTURE);
    }
  }
}
