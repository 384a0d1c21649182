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
  private static final int STEP = 4 * SPECIES.length();
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
    int floats = Math.toIntExact(Math.max(1, bytes / Float.BYTES / threads / STEP)) * STEP;
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

  /** Four sums, so that the loads and not the additions are what takes time. */
  private static float sum(float[] data) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < data.length; i += STEP) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, data, i));
      s1 = s1.add(FloatVector.fromArray(SPECIES, data, i + SPECIES.length()));
      s2 = s2.add(FloatVector.fromArray(SPECIES, data, i + 2 * SPECIES.length()));
      s3 = s3.add(FloatVector.fromArray(SPECIES, data, i + 3 * SPECIES.length()));
    }
    return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
  }
}
