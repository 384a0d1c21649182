package org.resnet4j.core.backend;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a run is no longer wanted. A run that goes past it ends with a {@link
 * RunCancelledException}, as it does when the thread that called it is {@linkplain Thread#interrupt
 * interrupted}. Immutable and thread-safe.
 */
public final class Deadline {
  /** Never. */
  public static final Deadline NONE = new Deadline(0, null);

  /** So that a difference of two times never overflows. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final long nanos;
  private final @Nullable LongSupplier clock;

  private Deadline(long nanos, @Nullable LongSupplier clock) {
    this.nanos = nanos;
    this.clock = clock;
  }

  /**
   * So long from now.
   *
   * @param limit zero or less has passed already
   */
  public static Deadline after(Duration limit) {
    return after(limit, System::nanoTime);
  }

  /**
   * {@link #after(Duration)} by a clock of the caller's, for tests.
   *
   * @param clock tells nanoseconds as {@link System#nanoTime} does; called from any thread, once
   *     for each look at the deadline; part of a run, it must not wait for a run's end, as closing
   *     a classifier does and calling one may
   */
  public static Deadline after(Duration limit, LongSupplier clock) {
    if (limit.compareTo(LONGEST) >= 0) {
      return NONE;
    }
    long nanos = limit.isPositive() ? limit.toNanos() : 0;
    return new Deadline(clock.getAsLong() + nanos, clock);
  }

  /** Whether it has passed. */
  public boolean passed() {
    return remainingNanos() <= 0;
  }

  /** Nanoseconds until then, 0 or less if it has passed; the largest long if it never does. */
  public long remainingNanos() {
    return clock == null ? Long.MAX_VALUE : nanos - clock.getAsLong();
  }

  /**
   * For whoever works towards a run's result on the calling thread.
   *
   * @throws RunCancelledException if the calling thread is interrupted or the deadline has passed
   */
  public void check() {
    check(Thread.currentThread());
  }

  /** {@link #check()} for work on behalf of {@code caller}. */
  void check(Thread caller) {
    if (caller.isInterrupted()) {
      throw new RunCancelledException(RunCancelledException.Reason.INTERRUPTED);
    }
    if (passed()) {
      throw new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED);
    }
  }
}
