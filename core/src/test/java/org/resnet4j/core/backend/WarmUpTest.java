package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private long nanos;
  private int runs;

  /** Warms up something whose run number {@code i} takes {@code millis(i)}. */
  private WarmUp warmUp(Duration limit, IntUnaryOperator millis) {
    nanos = 7;
    runs = 0;
    return WarmUp.repeat(() -> nanos += millis.applyAsInt(runs++) * 1_000_000L, limit, () -> nanos);
  }

  @Test
  void stopsWhenRunsNoLongerGetFaster() {
    WarmUp warmUp = warmUp(LONG, i -> i < 4 ? 1000 : 100);
    assertThat(warmUp).isEqualTo(new WarmUp(10, Duration.ofMillis(4600), true));
    assertThat(runs).isEqualTo(10);
  }

  /** The interpreter's steady pace is not the end: C2 takes its time. */
  @Test
  void waitsOutAPlateauOfShortRuns() {
    WarmUp warmUp = warmUp(LONG, i -> i < 40 ? 10 : 1);
    assertThat(warmUp.runs()).isGreaterThan(500);
    assertThat(warmUp.settled()).isTrue();
  }

  @Test
  void noiseDoesNotKeepItGoing() {
    WarmUp warmUp = warmUp(LONG, i -> 100 + i * 37 % 23);
    assertThat(warmUp.settled()).isTrue();
    assertThat(warmUp.runs()).isLessThan(30);
  }

  @Test
  void stopsAtTheLimit() {
    WarmUp warmUp = warmUp(Duration.ofMillis(950), i -> 1000 >> Math.min(i, 9));
    assertThat(warmUp).isEqualTo(new WarmUp(1, Duration.ofSeconds(1), false));
    warmUp = warmUp(Duration.ofMillis(1600), i -> 1000 >> Math.min(i, 9));
    assertThat(warmUp).isEqualTo(new WarmUp(3, Duration.ofMillis(1750), false));
  }

  @Test
  void runsAtLeastOnce() {
    assertThat(warmUp(Duration.ofSeconds(-1), i -> 1).runs()).isEqualTo(1);
  }
}
