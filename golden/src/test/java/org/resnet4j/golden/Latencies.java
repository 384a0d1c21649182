package org.resnet4j.golden;

import java.util.concurrent.atomic.AtomicLongArray;

/** Times of calls from a microsecond up, counted in classes of half a per cent. Thread-safe. */
final class Latencies {
  private static final double CLASSES_PER_FACTOR_E = 200;
  private static final double SHORTEST_NANOS = 1e3;

  private final AtomicLongArray counts = new AtomicLongArray(5000);

  void add(long nanos) {
    double place = CLASSES_PER_FACTOR_E * Math.log(Math.max(1, nanos / SHORTEST_NANOS));
    counts.incrementAndGet((int) Math.min(place, counts.length() - 1));
  }

  /**
   * The time in milliseconds within which {@code share} of the calls ended; 0 if there were none.
   */
  double quantile(double share) {
    long all = 0;
    for (int i = 0; i < counts.length(); i++) {
      all += counts.get(i);
    }
    long below = 0;
    int place = 0;
    while (place < counts.length() - 1 && below + counts.get(place) < share * all) {
      below += counts.get(place);
      place++;
    }
    return all == 0 ? 0 : SHORTEST_NANOS * Math.exp(place / CLASSES_PER_FACTOR_E) / 1e6;
  }
}
