package org.resnet4j.bench.measure;

import java.util.Arrays;
import java.util.List;

/**
 * What one engine took.
 *
 * @param engine its name
 * @param rounds each round's runs, in nanoseconds; of whoever held out at least one round of at
 *     least one run
 */
public record RunTimes(String engine, List<long[]> rounds) {
  /** Of each round, the median in nanoseconds. */
  double[] medians() {
    return rounds.stream().mapToDouble(Statistics::median).toArray();
  }

  /** The runs of all rounds. */
  long[] all() {
    return rounds.stream().flatMapToLong(Arrays::stream).toArray();
  }

  /** The median of all runs. */
  public double medianMillis() {
    return Statistics.median(all()) / 1e6;
  }
}
