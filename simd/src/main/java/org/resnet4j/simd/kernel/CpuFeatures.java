package org.resnet4j.simd.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this JVM does with vectors, read from its flags.
 *
 * @param fma whether {@code FloatVector.fma} is one instruction; without it, it is thousands of
 *     times slower than multiply and add
 * @param optimizingCompiler whether C2 compiles hot methods; without it every vector operation
 *     allocates
 */
public record CpuFeatures(boolean fma, boolean optimizingCompiler) {
  private static final CpuFeatures CURRENT = detect();

  /** This JVM's. */
  public static CpuFeatures current() {
    return CURRENT;
  }

  private static CpuFeatures detect() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return new CpuFeatures(false, false);
    }
    boolean fma = flag(hotSpot, "UseFMA", "false").equals("true") && avxIsOn(hotSpot);
    boolean compiles =
        flag(hotSpot, "UseCompiler", "true").equals("true")
            && flag(hotSpot, "TieredStopAtLevel", "4").equals("4")
            && !System.getProperty("java.vm.info", "").contains("interpreted mode");
    return new CpuFeatures(fma, compiles);
  }

  /** On x86, FMA instructions come in the AVX encoding only. */
  private static boolean avxIsOn(HotSpotDiagnosticMXBean hotSpot) {
    return !flag(hotSpot, "UseAVX", "1").equals("0");
  }

  private static String flag(HotSpotDiagnosticMXBean hotSpot, String name, String absent) {
    try {
      return hotSpot.getVMOption(name).getValue();
    } catch (IllegalArgumentException _) {
      return absent; // not a flag of this JVM or processor
    }
  }
}
