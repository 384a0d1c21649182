package org.resnet4j.bench.result;

/**
 * How far a run came.
 *
 * @param planned configurations, each of all engines
 * @param done of them, measured or found missing
 * @param expectedSeconds that the whole was expected to take
 * @param seconds that it took until then
 * @param secondsPerEngine timed for each engine of a configuration, beside the warm-up
 */
public record RunProgress(
    int planned, int done, double expectedSeconds, double seconds, double secondsPerEngine) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one cannot be what it should be
   */
  public RunProgress {
    Checks.atLeast(0, planned, "planned");
    Checks.atLeast(0, done, "done");
    Checks.notNegative(expectedSeconds, "expectedSeconds");
    Checks.notNegative(seconds, "seconds");
    Checks.notNegative(secondsPerEngine, "secondsPerEngine");
  }

  /** Whether all that was planned has been done. */
  public boolean finished() {
    return done >= planned;
  }
}
