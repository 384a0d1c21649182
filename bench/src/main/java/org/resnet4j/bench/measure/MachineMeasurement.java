package org.resnet4j.bench.measure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.resnet4j.simd.machine.MachineModel;

/**
 * What this machine does of what its model says, in some ten seconds.
 *
 * @param gflops that a core computes on registers alone; two operations a multiply-add
 * @param l1Gigabytes that a core reads in a second from most of the model's first cache
 * @param l2Gigabytes from half of its second cache
 * @param beyondGigabytes from eight times that cache
 * @param memoryGigabytes from memory, beside other cores that do
 * @param memoryGigabytesAlone while they rest
 * @param exchangeNanos until a core sees what another has written; NaN of a single one
 */
public record MachineMeasurement(
    double gflops,
    double l1Gigabytes,
    double l2Gigabytes,
    double beyondGigabytes,
    double memoryGigabytes,
    double memoryGigabytesAlone,
    double exchangeNanos) {
  /** For each thread: beyond the caches of most processors. */
  private static final long MEMORY_BYTES = 128L << 20;

  private static final int ROUND_TRIPS = 200_000;
  private static final int ROUNDS = 5;

  /**
   * Measures.
   *
   * @param model whose caches are read
   * @param threads that read at once
   * @throws IllegalStateException if the thread is interrupted
   */
  public static MachineMeasurement take(MachineModel model, int threads) {
    return new MachineMeasurement(
        PeakFlops.gflops(),
        CacheReads.gigabytesPerSecond(model.l1Bytes() / 4 * 3),
        CacheReads.gigabytesPerSecond(model.l2Bytes() / 2),
        CacheReads.gigabytesPerSecond(model.l2Bytes() * 8),
        ReadBandwidth.gigabytesPerSecond(MEMORY_BYTES * threads, threads) / threads,
        ReadBandwidth.gigabytesPerSecond(MEMORY_BYTES, 1),
        threads == 1 ? Double.NaN : halfRoundTrip());
  }

  /** Half of a round trip through one variable, the best of some rounds. */
  private static double halfRoundTrip() {
    double best = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      best = Math.min(best, roundTrips() / (2.0 * ROUND_TRIPS));
    }
    return best;
  }

  private static long roundTrips() {
    AtomicLong turn = new AtomicLong();
    CountDownLatch ready = new CountDownLatch(1);
    Thread other =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              ready.countDown();
              for (long i = 1; i < 2L * ROUND_TRIPS; i += 2) {
                while (turn.get() != i) {
                  if (Thread.currentThread().isInterrupted()) {
                    return;
                  }
                  Thread.onSpinWait();
                }
                turn.set(i + 1);
              }
            });
    try {
      ready.await();
      long start = System.nanoTime();
      for (long i = 0; i < 2L * ROUND_TRIPS; i += 2) {
        turn.set(i + 1);
        while (turn.get() != i + 2) {
          Thread.onSpinWait();
        }
      }
      long nanos = System.nanoTime() - start;
      other.join();
      return nanos;
    } catch (InterruptedException e) {
      other.interrupt();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the cores were measured", e);
    }
  }
}
