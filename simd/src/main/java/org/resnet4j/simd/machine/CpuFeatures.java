package org.resnet4j.simd.machine;

import jdk.incubator.vector.FloatVector;

/**
 * What this JVM does with vectors, read from its flags. {@link KernelPath} draws the conclusion.
 *
 * @param fma whether {@code fma} is one instruction; without it, it is thousands of times slower
 *     than multiply and add
 * @param optimizingCompiler whether C2 compiles hot methods; without it every vector operation
 *     allocates
 * @param vectorBits size of the widest vector that C2 compiles for floats, 0 if it compiles none,
 *     or there is no {@link VectorApi}
 */
public record CpuFeatures(boolean fma, boolean optimizingCompiler, int vectorBits) {
  private static final CpuFeatures CURRENT = detect();

  /** This JVM's. */
  public static CpuFeatures current() {
    return CURRENT;
  }

  private static CpuFeatures detect() {
    return JvmFlags.current().map(CpuFeatures::of).orElse(new CpuFeatures(false, false, 0));
  }

  private static CpuFeatures of(JvmFlags flags) {
    boolean fma = flags.isOn("UseFMA", false) && avxIsOn(flags);
    boolean compiles =
        flags.isOn("UseCompiler", true)
            && flags.lastTier().equals("4")
            && !flags.quickOnly()
            && !flags.interpretsAll();
    boolean vectors = VectorApi.isPresent() && flags.isOn("EnableVectorSupport", true);
    return new CpuFeatures(
        fma, compiles, vectors ? FloatVector.SPECIES_PREFERRED.vectorBitSize() : 0);
  }

  /** On x86, FMA instructions come in the AVX encoding only. */
  private static boolean avxIsOn(JvmFlags flags) {
    return !flags.get("UseAVX", "1").equals("0");
  }
}
