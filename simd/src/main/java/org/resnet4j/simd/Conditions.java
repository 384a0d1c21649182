package org.resnet4j.simd;

import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Under what algorithms were timed: times say nothing about other conditions.
 *
 * @param cpu the processor's model
 * @param path how kernels compute
 * @param width vector width of the kernels
 * @param threads that work at once
 */
record Conditions(String cpu, KernelPath path, VectorWidth width, int threads) {
  /** Those of this process. */
  static Conditions current(VectorWidth width, int threads) {
    String cpu = Processor.current().text();
    // Of machine code it makes no difference whether the JVM could compile vectors, too.
    KernelPath path = TileKernels.areMachineCode(width) ? KernelPath.FMA : KernelPath.current();
    return new Conditions(cpu, path, width, threads);
  }
}
