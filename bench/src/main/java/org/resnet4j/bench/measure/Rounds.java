package org.resnet4j.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Times engines in turns, A B A B ..., so that a machine whose speed drifts slows all of them
 * alike: ratios within one round hold even where times do not.
 *
 * <p>Before a turn the thread sleeps, because the pools of other engines spin for a while after a
 * run and would take processors away; the turn then begins with untimed runs, because caches and
 * sleeping threads are cold.
 */
public final class Rounds {
  private static final long PAUSE_NANOS = 20_000_000;
  private static final int UNTIMED = 2;
  private static final int WINDOW = 5;
  private static final int MIN_WARM_UP_RUNS = 10;
  private static final long MAX_WARM_UP_NANOS = 20_000_000_000L;

  /** A window that is at least so close to the fastest before it shows no more progress. */
  private static final double STABLE = 0.97;

  private final Protocol protocol;
  private final Clock clock;
  private final Runnable afterTurn;
  private final long pauseNanos;

  /**
   * Rounds by a protocol.
   *
   * @param afterTurn called after each engine's turn, and after its warm-up
   */
  public Rounds(Protocol protocol, Clock clock, Runnable afterTurn) {
    this(protocol, clock, afterTurn, PAUSE_NANOS);
  }

  private Rounds(Protocol protocol, Clock clock, Runnable afterTurn, long pauseNanos) {
    this.protocol = protocol;
    this.clock = clock;
    this.afterTurn = afterTurn;
    this.pauseNanos = pauseNanos;
  }

  /** Rounds of engines that run on the same threads, so that none has to wait for another's. */
  public static Rounds onOnePool(Protocol protocol, Clock clock) {
    return new Rounds(protocol, clock, () -> {}, 0);
  }

  /**
   * Warms up every engine, then times them; results are in the engines' order.
   *
   * @throws RuntimeException what an engine throws
   */
  public List<RunTimes> measure(List<? extends Engine> engines) {
    List<RunTimes> times = new ArrayList<>();
    for (Attempt attempt : attempt(engines)) {
      if (attempt.failure() != null) {
        throw attempt.failure();
      }
      times.add(attempt.times());
    }
    return times;
  }

  /**
   * What became of an engine.
   *
   * @param times of its rounds; of none if it failed before
   * @param failure that put it out; null if it held out
   */
  record Attempt(RunTimes times, @Nullable RuntimeException failure) {}

  /** As {@link #measure}, where an engine that fails has no more turns and the others go on. */
  List<Attempt> attempt(List<? extends Engine> engines) {
    List<Entry> entries = engines.stream().map(Entry::new).toList();
    for (Entry entry : entries) {
      entry.go(() -> {
        clock.pause(pauseNanos);
        warmUp(entry.engine);
      });
      afterTurn.run();
    }
    for (int round = 0; round < protocol.rounds(); round++) {
      for (Entry entry : entries) {
        entry.go(() -> entry.turns.add(turn(entry.engine, protocol.turnNanos())));
        afterTurn.run();
      }
    }
    return entries.stream()
        .map(entry -> new Attempt(new RunTimes(entry.engine.name(), entry.turns), entry.failure))
        .toList();
  }

  /** An engine and its turns. */
  private static final class Entry {
    private final Engine engine;
    private final List<long[]> turns = new ArrayList<>();
    private @Nullable RuntimeException failure;

    Entry(Engine engine) {
      this.engine = engine;
    }

    void go(Runnable turn) {
      if (failure == null) {
        try {
          turn.run();
        } catch (RuntimeException e) {
          failure = e;
        }
      }
    }
  }

  /** How often {@code afterTurn} is called for so many engines. */
  public int steps(int engines) {
    return engines * (1 + protocol.rounds());
  }

  /**
   * Runs an engine at least ten times and until it has got no faster for the protocol's time: code
   * that waits for its compiler looks stable too, but not for long.
   */
  public void warmUp(Engine engine) {
    long start = clock.nanos();
    long improved = start;
    double fastest = Double.MAX_VALUE;
    for (int runs = WINDOW; ; runs += WINDOW) {
      long[] window = new long[WINDOW];
      for (int i = 0; i < WINDOW; i++) {
        window[i] = time(engine);
      }
      double median = Statistics.median(window);
      long now = clock.nanos();
      if (median < STABLE * fastest) {
        improved = runs == WINDOW ? start : now;
      }
      fastest = Math.min(fastest, median);
      boolean settled = runs >= MIN_WARM_UP_RUNS && now - improved >= protocol.warmUpNanos();
      if (settled || now - start >= MAX_WARM_UP_NANOS) {
        return;
      }
    }
  }

  /** Times one engine alone, the rounds in one. */
  RunTimes measureAlone(Engine engine) {
    long[] runs = turn(engine, protocol.rounds() * protocol.turnNanos());
    return new RunTimes(engine.name(), List.of(runs));
  }

  private long[] turn(Engine engine, long nanos) {
    clock.pause(pauseNanos);
    for (int i = 0; i < UNTIMED; i++) {
      engine.run();
    }
    LongStream.Builder runs = LongStream.builder();
    long end = clock.nanos() + nanos;
    do {
      runs.add(time(engine));
    } while (clock.nanos() < end);
    return runs.build().toArray();
  }

  private long time(Engine engine) {
    long start = clock.nanos();
    engine.run();
    return clock.nanos() - start;
  }
}
