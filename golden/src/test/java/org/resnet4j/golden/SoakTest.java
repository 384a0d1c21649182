package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.conformance.Memory;

class SoakTest {
  private static final double BYTES_PER_HOUR = 1e6;
  private static final double DRIFT = 0.05;

  @TempDir Path folder;

  /** A few seconds of it, so that it cannot rot; too short for memory or times to say anything. */
  @Test
  void everyAnswerIsTheFirstOne() throws Exception {
    Soak.Result result = run(Duration.ofSeconds(3), Duration.ofMillis(500));
    assertRight(result);
    assertThat(result.reloads()).isGreaterThanOrEqualTo(Soak.NETWORKS.size());
  }

  /** {@code -Dsoak.minutes=60} for an hour. */
  @Test
  @Tag("soak")
  @EnabledOnOs(OS.LINUX)
  void neitherMemoryNorTimesGrow() throws Exception {
    int minutes = Integer.getInteger("soak.minutes", 10);
    Soak.Result result = run(Duration.ofMinutes(minutes), Duration.ofSeconds(30));
    double drift = result.p99Late() / result.p99Early() - 1;
    System.out.printf(
        Locale.ROOT,
        "soak R38: %d min, %d threads, %d networks, %d reloads: %d answers, %d wrong, %d bad inputs"
            + " refused; RSS %+.2f ± %.2f MB/h and compiled code %+.2f; p99 %.1f ms, drift %+.1f %%%n",
        minutes,
        Soak.THREADS,
        Soak.NETWORKS.size(),
        result.reloads(),
        result.calls(),
        result.wrong(),
        result.refusals(),
        result.memory().slope() / 1e6,
        result.memory().error() / 1e6,
        result.code().slope() / 1e6,
        result.p99Late(),
        100 * drift);
    assertRight(result);
    // A short run cannot tell a small slope from none: what counts is what is sure to be there.
    assertThat(result.memory().slope() - 2 * result.memory().error())
        .as("growth of resident memory in bytes an hour, at least")
        .isLessThan(BYTES_PER_HOUR);
    assertThat(drift).as("drift of the 99th percentile").isLessThan(DRIFT);
  }

  private Soak.Result run(Duration length, Duration reload) throws Exception {
    try (Backend backend = Backends.open("simd", BackendOptions.defaults());
        Soak soak = new Soak(folder, backend)) {
      return soak.run(length, reload);
    }
  }

  private static void assertRight(Soak.Result result) {
    assertThat(result.wrong()).as("answers with other bits").isZero();
    assertThat(result.calls()).isPositive();
    assertThat(result.refusals()).isPositive();
  }

  @Test
  void quantilesAreRightToOnePerCent() {
    Latencies latencies = new Latencies();
    assertThat(latencies.quantile(0.99)).isZero();
    for (int i = 1; i <= 1000; i++) {
      latencies.add(i * 1_000_000L);
    }
    assertThat(latencies.quantile(0.5)).isCloseTo(500, within(5.0));
    assertThat(latencies.quantile(0.99)).isCloseTo(990, within(10.0));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void residentMemoryIsThatOfAJvmAndHoldsItsCode() throws Exception {
    assertThat(Memory.resident()).isBetween(30L << 20, 64L << 30);
    assertThat(Memory.code()).isBetween(1L << 20, Memory.resident());
  }
}
