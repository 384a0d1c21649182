package org.resnet4j.core.backend;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a warm-up did. A JVM starts by interpreting and compiles what runs often, in the background:
 * the first runs of a network in a new process are many times slower than the later ones, most of
 * all where C2 has yet to compile vector code. A warm-up makes such runs before it matters.
 *
 * @param runs how many, at least 1
 * @param took how long
 * @param settled whether runs had stopped getting faster; if not, the limit came first
 */
public record WarmUp(int runs, Duration took, boolean settled) {
  /** What a faster run must gain for things to count as still moving. */
  private static final double GAIN = 0.05;

  private static final int QUIET_RUNS = 5;

  /** Longer than C2 needs for one kernel. */
  private static final long QUIET_NANOS = 500_000_000;

  /**
   * Repeats {@code run} until neither the last {@value #QUIET_RUNS} runs nor those of the last half
   * second were more than 5 % faster than the best before them.
   *
   * @param limit no run begins later than this, except the first
   */
  public static WarmUp repeat(Runnable run, Duration limit) {
    return repeat(run, limit, System::nanoTime);
  }

  /** {@link #repeat(Runnable, Duration)} by a clock of nanoseconds. */
  static WarmUp repeat(Runnable run, Duration limit, LongSupplier clock) {
    long start = clock.getAsLong();
    long now = start;
    long best = Long.MAX_VALUE;
    long bestAt = start;
    int runs = 0;
    int quietRuns = 0;
    boolean settled = false;
    do {
      run.run();
      long end = clock.getAsLong();
      long nanos = end - now;
      now = end;
      runs++;
      quietRuns++;
      if (nanos < best * (1 - GAIN)) {
        best = nanos;
        bestAt = now;
        quietRuns = 0;
      }
      settled = quietRuns >= QUIET_RUNS && now - bestAt >= QUIET_NANOS;
    } while (!settled && limit.compareTo(Duration.ofNanos(now - start)) > 0);
    return new WarmUp(runs, Duration.ofNanos(now - start), settled);
  }
}
