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
