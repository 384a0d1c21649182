package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class SteadyTimesTest {
  private static final long MILLI = 1_000_000;

  private long now;

  /** Takes what a function of the round says; compiled from a round on. */
  private record Fake(LongUnaryOperator nanos, int compiledFrom) {}

  private long[] times(Fake... fakes) {
    return SteadyTimes.medians(
            fakes.length,
            (i, round) -> {
              now += fakes[i].nanos().applyAsLong(round);
              return round >= fakes[i].compiledFrom();
            },
            () -> now)
        .orElse(null);
  }

  @Test
  void roundsBeforeTheLastProgressDoNotCount() {
    Fake warmsUp = new Fake(round -> Math.max(10, 100 - round) * MILLI, 0);
    Fake steady = new Fake(_ -> 2 * MILLI, 0);
    assertThat(times(warmsUp, steady)).containsExactly(10 * MILLI, 2 * MILLI);
  }

  @Test
  void roundsThatWaitForTheCompilerDoNotCount() {
    Fake waits = new Fake(round -> round < 400 ? 5 * MILLI : 5 * MILLI - 1, 400);
    assertThat(times(waits, new Fake(_ -> MILLI, 0))).containsExactly(5 * MILLI - 1, MILLI);
  }

  @Test
  void anOutlierDoesNotMoveTheMedian() {
    Fake rough = new Fake(round -> round % 10 == 9 ? 50 * MILLI : 3 * MILLI, 0);
    assertThat(times(rough)).containsExactly(3 * MILLI);
  }

  @Test
  void givesUpOnWhatNeverSettles() {
    assertThat(times(new Fake(_ -> MILLI, Integer.MAX_VALUE), new Fake(_ -> MILLI, 0))).isNull();
    assertThat(now).isBetween(1_000 * MILLI, 20_000 * MILLI);
  }
}
