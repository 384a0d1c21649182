package org.resnet4j.bench.measure;

/**
 * How long to measure.
 *
 * @param seconds timed for each engine, all rounds together
 * @param warmUpSeconds how long an engine must have got no faster before it is timed
 */
public record Protocol(double seconds, double warmUpSeconds) {
  private static final int MIN_ROUNDS = 7;
  private static final double NANOS = 1e9;

  /** Longer says no more; who wants a quick figure waits no longer than it takes. */
  private static final double MAX_WARM_UP_SECONDS = 1;

  /** The commands': a warm-up as long as what is timed, and of a second at most. */
  public static Protocol of(double seconds) {
    return new Protocol(seconds, Math.min(seconds, MAX_WARM_UP_SECONDS));
  }

  /** Rounds: at least seven, and no turn longer than a second, for the machine's speed drifts. */
  public int rounds() {
    return Math.max(MIN_ROUNDS, (int) Math.ceil(seconds));
  }

  /** Length of one engine's turn. */
  long turnNanos() {
    return (long) (seconds / rounds() * NANOS);
  }

  long warmUpNanos() {
    return (long) (warmUpSeconds * NANOS);
  }
}
