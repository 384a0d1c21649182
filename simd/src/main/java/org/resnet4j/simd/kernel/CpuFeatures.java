package org.resnet4j.simd.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import jdk.incubator.vector.FloatVector;

/**
 * What this JVM does with vectors, read from its flags. {@link KernelPath} draws the conclusion.
 *
 * @param fma whether {@code fma} is one instruction; without it, it is thousands of times slower
 *     than multiply and add
 * @param optimizingCompiler whether C2 compiles hot methods; without it every vector operation
 *     allocates
 * @param vectorBits size of the widest vector that C2 compiles for floats, 0 if it compiles none
 */
public record CpuFeatures(boolean fma, boolean optimizingCompiler, int vectorBits) {
  private static final CpuFeatures CURRENT = detect();

  /** This JVM's. */
  public static CpuFeatures current() {
    return CURRENT;
  }

  private static CpuFeatures detect() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return new CpuFeatures(false, false, 0);
    }
    boolean fma = flag(hotSpot, "UseFMA", "false").equals("true") && avxIsOn(hotSpot);
    boolean compiles =
        flag(hotSpot, "UseCompiler", "true").equals("true")
            && flag(hotSpot, "TieredStopAtLevel", "4").equals("4")
            && !flag(hotSpot, "CompilationMode", "default").startsWith("quick-only")
            && !System.getProperty("java.vm.info", "").contains("interpreted mode");
    boolean vectors = flag(hotSpot, "EnableVectorSupport", "true").equals("true");
    return new CpuFeatures(
        fma, compiles, vectors ? FloatVector.SPECIES_PREFERRED.vectorBitSize() : 0);
  }

  /** On x86, FMA instructions come in the AVX encoding only. */
  private static boolean avxIsOn(HotSpotDiagnosticMXBean hotSpot) {
    return !flag(hotSpot, "UseAVX", "1").equals("0");
  }

  private static String flag(HotSpotDiagnosticMXBean hotSpot, String name, String absent) {
    try {
      return hotSpot.getVMOption(name).getValue();
    } catch (IllegalArgumentException _) {
      return absent; // not a flag of this JVM or processor, or a hidden one
    }
  }
}
