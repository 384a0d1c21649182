package org.resnet4j.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * How fast threads read as many bytes as a network has of weights, each a part of its own, from
 * beginning to end and again: from the caches, where these hold them all, or from memory.
 */
public final class ReadBandwidth {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Floats of a call: many short ones, not a few long ones, make the JVM compile the loop. */
  private static final int CALL = 1024 * LANES;

  private static final long NANOS = 700_000_000;
  private static final int MIN_PASSES = 3;

  private ReadBandwidth() {}

  /**
   * The best of many passes, in GB/s of all threads together. Takes about a second.
   *
   * @param bytes in all, of which each thread reads a share
   * @throws IllegalStateException if the thread is interrupted
   */
  public static double gigabytesPerSecond(long bytes, int threads) {
    int floats = Math.toIntExact(Math.max(1, bytes / Float.BYTES / threads / LANES)) * LANES;
    List<Callable<Float>> readers = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      float[] part = new float[floats];
      readers.add(() -> sum(part));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      long start = System.nanoTime();
      long best = Long.MAX_VALUE;
      for (int pass = 0; pass < MIN_PASSES || System.nanoTime() - start < NANOS; pass++) {
        best = Math.min(best, nanos(pool, readers));
      }
      return (double) floats * Float.BYTES * threads / best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the memory was measured", e);
    }
  }

  private static long nanos(ExecutorService pool, List<Callable<Float>> readers)
      throws InterruptedException {
    long start = System.nanoTime();
    float sum = 0;
    for (Future<Float> reader : pool.invokeAll(readers)) {
      try {
        sum += reader.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    long nanos = Math.max(1, System.nanoTime() - start);
    if (sum != 0) { // uses the result, so that the loop is not optimised away
      throw new IllegalStateException("zeros add up to " + sum);
    }
    return nanos;
  }

  private static float sum(float[] data) {
    float sum = 0;
    for (int from = 0; from < data.length; from += CALL) {
      sum += sum(data, from, Math.min(from + CALL, data.length));
    }
    return sum;
  }

  /** One sum: its additions take less time than the loads, and the JVM unrolls the loop best. */
  private static float sum(float[] data, int from, int to) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = from; i < to; i += LANES) {
      sum = sum.add(FloatVector.fromArray(SPECIES, data, i));
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
