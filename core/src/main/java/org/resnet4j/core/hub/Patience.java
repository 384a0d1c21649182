package org.resnet4j.core.hub;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long to go on with a server that fails for the moment.
 *
 * @param attempts how many in a row that bring nothing
 * @param firstWait before the second attempt, doubled before each further one
 * @param longestWait that a server may ask for
 * @param stall without a byte, after which a connection counts as broken
 * @param listing to the end of an answer that is small
 * @param other for another process that fetches the same
 */
record Patience(
    int attempts,
    Duration firstWait,
    Duration longestWait,
    Duration stall,
    Duration listing,
    Duration other) {
  static final Patience USUAL =
      new Patience(
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10));

  /** Who keeps somebody waiting is tried twice. */
  private static final int COST_OF_STALL = 3;

  /** Less is no progress: a server could go on for ever by bytes. */
  private static final long PROGRESS_BYTES = 1 << 20;

  /** What may be tried again. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws HubException, PassingFailure;
  }

  /** A failure that may be gone in a while. */
  static final class PassingFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final HubException failure;
    private final Duration wait;
    private final boolean stalled;

    /**
     * What happened.
     *
     * @param failure is thrown if it does not pass
     * @param wait that the server asks for
     */
    PassingFailure(HubException failure, Duration wait) {
      super(failure);
      this.failure = failure;
      this.wait = wait;
      this.stalled =
          failure.getCause() instanceof StallGuard.StalledException
              || failure.getCause() instanceof HttpTimeoutException;
    }
  }

  /** Runs an attempt until it succeeds, fails for good, or has failed too often. */
  <T> T persist(Attempt<T> attempt) throws HubException {
    return persist(attempt, () -> 0);
  }

  /**
   * The same, where an attempt that brought something counts as the first again.
   *
   * @param bytes that all attempts together have brought
   */
  <T> T persist(Attempt<T> attempt, LongSupplier bytes) throws HubException {
    long before = bytes.getAsLong();
    int tries = 0;
    while (true) {
      try {
        return attempt.run();
      } catch (PassingFailure e) {
        tries += e.stalled ? COST_OF_STALL : 1;
        if (bytes.getAsLong() - before >= PROGRESS_BYTES) {
          before = bytes.getAsLong();
          tries = e.stalled ? COST_OF_STALL : 1;
        }
        if (tries >= attempts || e.wait.compareTo(longestWait) > 0) {
          throw e.failure;
        }
        Duration own = firstWait.multipliedBy(1L << (tries - 1));
        sleep(own.compareTo(e.wait) > 0 ? own : e.wait, e.failure);
      }
    }
  }

  private static void sleep(Duration wait, HubException failure) throws HubException {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
