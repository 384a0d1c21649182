package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Times alternatives in turns, A B C A B C ..., and counts only the rounds after the last one in
 * which any of them got faster or was not compiled.
 */
final class SteadyTimes {
  /** What a faster run must gain for things to count as still moving. */
  private static final double GAIN = 0.05;

  private static final int MIN_ROUNDS = 11;

  private static final long QUIET_NANOS = 300_000_000;

  /** For each alternative; used up only while C2 compiles the kernels of a new process. */
  private static final long LIMIT_NANOS = 5_000_000_000L;

  private SteadyTimes() {}

  /** What is timed. */
  @FunctionalInterface
  interface Alternatives {
    /**
     * Runs one of them in one round, both counted from 0.
     *
     * @return whether the JVM had compiled it
     */
    boolean run(int alternative, int round);
  }

  /**
   * The median of each.
   *
   * @param count how many alternatives
   * @param clock in nanoseconds
   * @return empty if they had not settled when the time was up
   */
  static Optional<long[]> medians(int count, Alternatives alternatives, LongSupplier clock) {
    long start = clock.getAsLong();
    long quietSince = start;
    long[] best = new long[count];
    Arrays.fill(best, Long.MAX_VALUE);
    List<long[]> rounds = new ArrayList<>();
    for (int round = 0; ; round++) {
      long[] nanos = new long[count];
      boolean moving = false;
      for (int i = 0; i < count; i++) {
        long before = clock.getAsLong();
        moving |= !alternatives.run(i, round);
        nanos[i] = clock.getAsLong() - before;
        if (nanos[i] < best[i] * (1 - GAIN)) {
          best[i] = nanos[i];
          moving = true;
        }
      }
      long now = clock.getAsLong();
      if (moving) {
        rounds.clear();
        quietSince = now;
      }
      rounds.add(nanos);
      if (rounds.size() >= MIN_ROUNDS && now - quietSince >= QUIET_NANOS) {
        return Optional.of(medians(rounds, count));
      }
      if (now - start >= LIMIT_NANOS * count) {
        return Optional.empty();
      }
    }
  }

  private static long[] medians(List<long[]> rounds, int count) {
    long[] medians = new long[count];
    for (int i = 0; i < count; i++) {
      int alternative = i;
      long[] sorted = rounds.stream().mapToLong(nanos -> nanos[alternative]).sorted().toArray();
      medians[i] = sorted[sorted.length / 2];
    }
    return medians;
  }
}
