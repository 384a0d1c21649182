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
  /** Whether all that was planned has been done. */
  public boolean finished() {
    return done >= planned;
  }
}
