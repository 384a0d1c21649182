package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final long MILLI = 1_000_000;

  private final List<String> log = new ArrayList<>();
  private final FakeClock clock = new FakeClock(log);
  private final AtomicInteger steps = new AtomicInteger();

  private FakeEngine engine(String name, long... nanos) {
    AtomicInteger run = new AtomicInteger();
    return new FakeEngine(
        name, clock, () -> nanos[Math.min(run.getAndIncrement(), nanos.length - 1)], log, 1f);
  }

  private Rounds rounds(double seconds, double warmUp) {
    return new Rounds(new Protocol(seconds, warmUp), clock, steps::incrementAndGet);
  }

  @Test
  void enginesTakeTurnsAndEachIsWarmedUpFirst() {
    // A turn of 10 ms: one run of A (12 ms), or four of B (3 ms), after two untimed ones.
    List<FakeEngine> engines = List.of(engine("A", 12 * MILLI), engine("B", 3 * MILLI));
    Rounds rounds = rounds(0.07, 0.001);
    List<RunTimes> times = rounds.measure(engines);
    List<String> expected = new ArrayList<>();
    expected.add("pause");
    expected.addAll(List.of("A,".repeat(10).split(",")));
    expected.add("pause");
    expected.addAll(List.of("B,".repeat(10).split(",")));
    for (int round = 0; round < 7; round++) {
      expected.addAll(List.of("pause", "A", "A", "A", "pause", "B", "B", "B", "B", "B", "B"));
    }
    assertThat(log).isEqualTo(expected);
    assertThat(times).extracting(RunTimes::engine).containsExactly("A", "B");
    assertThat(times.get(0).rounds())
        .hasSize(7)
        .allSatisfy(runs -> {
          assertThat(runs).containsExactly(12 * MILLI);
        });
    assertThat(times.get(1).rounds())
        .hasSize(7)
        .allSatisfy(runs -> {
          assertThat(runs).hasSize(4).containsOnly(3 * MILLI);
        });
    assertThat(steps).hasValue(rounds.steps(2));
  }

  @Test
  void warmUpGoesOnWhileTheEngineGetsFaster() {
    long[] falling = LongStream.rangeClosed(1, 40).map(i -> (50 - i) * MILLI).toArray();
    rounds(1, 0.1).warmUp(engine("A", falling));
    // Every window up to the eighth is faster, the ninth at 10 ms too; two more take 0.1 s.
    assertThat(log).hasSize(55);
  }

  @Test
  void warmUpTakesItsTime() {
    rounds(1, 1).warmUp(engine("A", 5 * MILLI));
    assertThat(log).hasSize(200);
  }

  @Test
  void warmUpEndsEvenIfTheEngineNeverSettles() {
    long[] falling =
        LongStream.range(0, 200).map(i -> (long) (2000 * Math.pow(0.99, i)) * MILLI).toArray();
    rounds(1, 0.1).warmUp(engine("A", falling));
    assertThat(log.size()).isBetween(10, 20);
  }

  @Test
  void noTurnIsLongerThanASecond() {
    assertThat(new Protocol(0.2, 1).rounds()).isEqualTo(7);
    assertThat(new Protocol(30, 1).rounds()).isEqualTo(30);
  }
}
