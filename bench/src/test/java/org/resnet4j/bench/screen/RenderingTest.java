package org.resnet4j.bench.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.screen.Terminal.Features;

class RenderingTest {
  @ParameterizedTest
  @CsvSource({
    "0, true, ''",
    "1, true, \u2588\u2588\u2588\u2588",
    "0.5, true, \u2588\u2588",
    "0.28125, true, \u2588\u258f",
    "NaN, true, ''",
    "2, true, \u2588\u2588\u2588\u2588",
    "-1, false, ''",
    "0.5, false, ##",
  })
  void drawsBars(double fraction, boolean blocks, String expected) {
    assertThat(Bars.bar(fraction, 4, blocks)).isEqualTo(expected);
  }

  @Test
  void roundsQuantities() {
    assertThat(Units.bytes(0)).isEqualTo("0 B");
    assertThat(Units.bytes(999)).isEqualTo("999 B");
    assertThat(Units.bytes(7_230_000)).isEqualTo("7.23 MB");
    assertThat(Units.bytes(45_900_000)).isEqualTo("45.9 MB");
    assertThat(Units.bytes(999_900_000)).isEqualTo("1.00 GB");
    assertThat(Units.count(4_089_184_256L)).isEqualTo("4.09 G");
    assertThat(Units.percent(0.9812)).isEqualTo(" 98.1 %");
    assertThat(Units.percent(Double.NaN)).isEqualTo("    ? %");
  }

  @Test
  void progressIsSilentWhereStandardErrorIsNoTerminal() throws InterruptedException {
    assertThat(progress(false)).isEmpty();
    assertThat(progress(true))
        .startsWith("\r###")
        .contains("1/10", "3/10")
        .doesNotContain("2/10")
        .endsWith("\r\033[K");
  }

  @Test
  void tuningIsShownUntilItIsDone() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Features features = new Features(false, true, false, false, 80);
    TuningBar bar = new TuningBar(new Terminal(new ByteArrayOutputStream(), err, features));
    for (int plan = 0; plan < 2; plan++) {
      err.reset();
      for (int done = 0; done <= 24; done++) {
        bar.tuned(done, 24);
      }
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("0/24", "convolutions tuned")
          .endsWith("\r\033[K");
    }
  }

  private static String progress(boolean terminal) throws InterruptedException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Features features = new Features(false, terminal, false, false, 80);
    try (ProgressBar bar =
        new ProgressBar(new Terminal(new ByteArrayOutputStream(), err, features), 10, "images")) {
      bar.show(1);
      bar.show(2); // too soon after the first
      Thread.sleep(150);
      bar.show(3);
    }
    return err.toString(StandardCharsets.UTF_8);
  }
}
