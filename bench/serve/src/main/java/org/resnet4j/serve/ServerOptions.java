package org.resnet4j.serve;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where a server listens, and what it takes.
 *
 * @param address to listen at; port 0 is any that is free
 * @param maxBodyBytes of a request, from 1 to {@link #MOST_BODY_BYTES}
 * @param timeLimit for a request's way in, and again for its answer, from 1 s to {@link #MOST_TIME}
 * @param mostWaiting pictures that wait for a thread, at least 1; more are refused
 * @param longestWait that a picture waits for others to be run with
 */
public record ServerOptions(
    InetSocketAddress address,
    long maxBodyBytes,
    Duration timeLimit,
    int mostWaiting,
    Duration longestWait) {
  /** What an array holds. */
  public static final int MOST_BODY_BYTES = Integer.MAX_VALUE - 8;

  /** Longer ones are no limit. */
  public static final Duration MOST_TIME = Duration.ofDays(365);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public ServerOptions {
    if (maxBodyBytes < 1 || maxBodyBytes > MOST_BODY_BYTES) {
      throw new IllegalArgumentException(
          "maxBodyBytes must lie between 1 and %s, got %s"
              .formatted(MOST_BODY_BYTES, maxBodyBytes));
    }
    if (timeLimit.compareTo(Duration.ofSeconds(1)) < 0 || timeLimit.compareTo(MOST_TIME) > 0) {
      throw new IllegalArgumentException(
          "timeLimit must lie between 1 s and %s days, got %s"
              .formatted(MOST_TIME.toDays(), timeLimit));
    }
    if (mostWaiting < 1) {
      throw new IllegalArgumentException("mostWaiting must be at least 1, got " + mostWaiting);
    }
    if (longestWait.isNegative()) {
      throw new IllegalArgumentException("longestWait must not be negative, got " + longestWait);
    }
  }

  /** Of up to 32 MiB and 30 s, with 256 that wait. */
  public static ServerOptions at(InetSocketAddress address) {
    return new ServerOptions(address, 32L << 20, Duration.ofSeconds(30), 256, Duration.ZERO);
  }
}
