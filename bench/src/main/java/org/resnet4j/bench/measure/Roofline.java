package org.resnet4j.bench.measure;

import org.resnet4j.core.backend.StepInfo;

/**
 * What a machine does at most, and so how long a step takes at least: its multiply-adds, as many as
 * its algorithm does, at the peak, or the reading of its weights from where they lie between two
 * runs, whichever takes longer. Activations, transforms and sums are not counted: an implementation
 * of the same algorithms can come near to it, but not pass it.
 *
 * <p>Source: Williams, Waterman and Patterson, Roofline (CACM 52(4), 2009).
 *
 * @param gflops two operations for each multiply-add, of all threads together
 * @param gigabytesPerSecond that all threads read together
 */
public record Roofline(double gflops, double gigabytesPerSecond) {
  /** Of a device whose rates nobody measured: no step has a limit (NaN). */
  public static final Roofline UNKNOWN = new Roofline(Double.NaN, Double.NaN);

  /** Images that read a weight together at most: a backend's chunk. */
  private static final int IMAGES_FOR_A_READING = 16;

  private static final double MILLIS_OF_A_GIGA = 1e-6;

  /** The least time of a step for a batch, in milliseconds. */
  public double millis(StepInfo step, int batch) {
    double compute = 2.0 * step.performed() * batch / gflops;
    double read =
        (double) step.weightBytes()
            * Math.ceilDiv(batch, IMAGES_FOR_A_READING)
            / gigabytesPerSecond;
    return Math.max(compute, read) * MILLIS_OF_A_GIGA;
  }
}
