package org.resnet4j.bench.measure;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.resnet4j.simd.machine.CpuFeatures;

/**
 * What one thread of this machine computes at most: {@code a = a * x + x} on registers alone, at
 * the widest vectors, two operations for each lane. No kernel can be faster by that count unless
 * its algorithm does with fewer operations, as Winograd's does.
 *
 * <p>Without FMA in hardware a step is a multiplication and an addition, as in the kernels.
 */
public final class PeakFlops {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final boolean FMA = CpuFeatures.current().fma();
  private static final long CALL_NANOS = 100_000;
  private static final long PATIENCE_NANOS = 400_000_000;
  private static final long LIMIT_NANOS = 5_000_000_000L;
  private static final int MIN_CALLS = 2_000;
  private static final double PROGRESS = 1.02;

  private PeakFlops() {}

  /** The best of many short loops on the calling thread, in GFLOP/s. Takes about two seconds. */
  public static double gflops() {
    // Where there are 16 registers, 24 sums do not fit.
    return Math.max(24 * best(PeakFlops::chains24), 12 * best(PeakFlops::chains12));
  }

  private interface Loop {
    float run(int steps);
  }

  /** Steps of one chain for each nanosecond, times the operations of a step. */
  private static double best(Loop loop) {
    long start = System.nanoTime();
    long improved = start;
    long now = start;
    double perNano = 0;
    // Many short calls, not a few long ones, make the JVM compile the loop.
    int steps = 32;
    for (int call = 0;
        now - start < LIMIT_NANOS && (call < MIN_CALLS || now - improved < PATIENCE_NANOS);
        call++) {
      long nanos = nanos(loop, steps);
      now = System.nanoTime();
      double rate = (double) steps / nanos;
      if (rate > perNano * PROGRESS) {
        improved = now;
      }
      perNano = Math.max(perNano, rate);
      if (nanos < CALL_NANOS && steps < 1 << 24) {
        steps *= 2;
      }
    }
    return 2 * SPECIES.length() * perNano;
  }

  private static long nanos(Loop loop, int steps) {
    long start = System.nanoTime();
    float sum = loop.run(steps);
    long nanos = Math.max(1, System.nanoTime() - start);
    if (!Float.isFinite(sum)) { // uses the result, so that the loop is not optimised away
      throw new IllegalStateException("a * 0.5 + 0.5 does not converge: " + sum);
    }
    return nanos;
  }

  private static FloatVector next(FloatVector a, FloatVector x) {
    return FMA ? a.fma(x, x) : a.mul(x).add(x);
  }

  /** 24 independent chains: enough to hide the latency of four units. */
  private static float chains24(int steps) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector a0 = x;
    FloatVector a1 = x;
    FloatVector a2 = x;
    FloatVector a3 = x;
    FloatVector a4 = x;
    FloatVector a5 = x;
    FloatVector a6 = x;
    FloatVector a7 = x;
    FloatVector a8 = x;
    FloatVector a9 = x;
    FloatVector a10 = x;
    FloatVector a11 = x;
    FloatVector a12 = x;
    FloatVector a13 = x;
    FloatVector a14 = x;
    FloatVector a15 = x;
    FloatVector a16 = x;
    FloatVector a17 = x;
    FloatVector a18 = x;
    FloatVector a19 = x;
    FloatVector a20 = x;
    FloatVector a21 = x;
    FloatVector a22 = x;
    FloatVector a23 = x;
    for (int step = 0; step < steps; step++) {
      a0 = next(a0, x);
      a1 = next(a1, x);
      a2 = next(a2, x);
      a3 = next(a3, x);
      a4 = next(a4, x);
      a5 = next(a5, x);
      a6 = next(a6, x);
      a7 = next(a7, x);
      a8 = next(a8, x);
      a9 = next(a9, x);
      a10 = next(a10, x);
      a11 = next(a11, x);
      a12 = next(a12, x);
      a13 = next(a13, x);
      a14 = next(a14, x);
      a15 = next(a15, x);
      a16 = next(a16, x);
      a17 = next(a17, x);
      a18 = next(a18, x);
      a19 = next(a19, x);
      a20 = next(a20, x);
      a21 = next(a21, x);
      a22 = next(a22, x);
      a23 = next(a23, x);
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4)
        .add(a5)
        .add(a6)
        .add(a7)
        .add(a8)
        .add(a9)
        .add(a10)
        .add(a11)
        .add(a12)
        .add(a13)
        .add(a14)
        .add(a15)
        .add(a16)
        .add(a17)
        .add(a18)
        .add(a19)
        .add(a20)
        .add(a21)
        .add(a22)
        .add(a23)
        .reduceLanes(VectorOperators.ADD);
  }

  /** 12 independent chains: enough to hide the latency of two units. */
  private static float chains12(int steps) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector a0 = x;
    FloatVector a1 = x;
    FloatVector a2 = x;
    FloatVector a3 = x;
    FloatVector a4 = x;
    FloatVector a5 = x;
    FloatVector a6 = x;
    FloatVector a7 = x;
    FloatVector a8 = x;
    FloatVector a9 = x;
    FloatVector a10 = x;
    FloatVector a11 = x;
    for (int step = 0; step < steps; step++) {
      a0 = next(a0, x);
      a1 = next(a1, x);
      a2 = next(a2, x);
      a3 = next(a3, x);
      a4 = next(a4, x);
      a5 = next(a5, x);
      a6 = next(a6, x);
      a7 = next(a7, x);
      a8 = next(a8, x);
      a9 = next(a9, x);
      a10 = next(a10, x);
      a11 = next(a11, x);
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4)
        .add(a5)
        .add(a6)
        .add(a7)
        .add(a8)
        .add(a9)
        .add(a10)
        .add(a11)
        .reduceLanes(VectorOperators.ADD);
  }
}
