package org.resnet4j.bench.measure;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast one thread reads a small array again and again: from the cache that holds it. */
final class CacheReads {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Vectors of a step; as many sums, so that additions do not wait for each other. */
  private static final int STEP = 4;

  private static final long NANOS = 120_000_000;
  private static final long CALL_NANOS = 30_000;

  private CacheReads() {}

  /** The best of many calls, in GB/s. Takes somewhat more than a tenth of a second. */
  static double gigabytesPerSecond(int bytes) {
    float[] data = new float[Math.max(1, bytes / Float.BYTES / (STEP * LANES)) * STEP * LANES];
    int passes = 1;
    double best = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < NANOS) {
      long before = System.nanoTime();
      float sum = 0;
      for (int pass = 0; pass < passes; pass++) {
        sum += sum(data);
      }
      long nanos = Math.max(1, System.nanoTime() - before);
      if (sum != 0) { // uses the result, so that the loop is not optimised away
        throw new IllegalStateException("zeros add up to " + sum);
      }
      best = Math.max(best, (double) data.length * Float.BYTES * passes / nanos);
      if (nanos < CALL_NANOS) {
        passes *= 2;
      }
    }
    return best;
  }

  private static float sum(float[] data) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < data.length; i += STEP * LANES) {
      a = a.add(FloatVector.fromArray(SPECIES, data, i));
      b = b.add(FloatVector.fromArray(SPECIES, data, i + LANES));
      c = c.add(FloatVector.fromArray(SPECIES, data, i + 2 * LANES));
      d = d.add(FloatVector.fromArray(SPECIES, data, i + 3 * LANES));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }
}
