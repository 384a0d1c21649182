package org.resnet4j.simd.kernel.matrix;

import java.util.List;
import java.util.Set;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machinecode.Tile;

/**
 * Whether this process computes on the processor's matrix units, and why not. Asked once: what the
 * system grants stays granted.
 */
public final class MatrixUnit {
  /** Set to {@code false}, it keeps this library from making machine code. */
  public static final String SWITCH = "resnet4j.machinecode";

  private static final String NAME = "bfloat16";

  private static final String FP32 = "compute in fp32, the default";

  private static final List<String> FLAGS = List.of("amx_tile", "amx_bf16", "avx512_bf16");

  private MatrixUnit() {}

  /** This process's. */
  private static final class Current {
    static final Requirement FOUND = find();
  }

  /** What was found, or what is missing. */
  public static Requirement current() {
    return Current.FOUND;
  }

  /** Whether there is one. */
  public static boolean isThere() {
    return current() instanceof Requirement.Met;
  }

  private static Requirement find() {
    if ("false".equals(System.getProperty(SWITCH))) {
      return missing(
          "machine code is switched off: -D" + SWITCH + "=false", "start Java without that option");
    }
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    return of(platform, Processor.current().flags()) instanceof Requirement.Without unmet
        ? unmet
        : ask();
  }

  /** By the kind of system and processor alone. */
  static Requirement of(String platform, Set<String> flags) {
    if (!platform.equals("Linux amd64")) {
      return missing("matrix units are used on Linux on x86-64, this is " + platform, FP32);
    }
    if (!flags.containsAll(FLAGS)) {
      return missing(
          "this processor has no matrix units for bfloat16 (amx_bf16)",
          FP32 + "; Intel's servers have them since 2023 (4th generation of Xeon Scalable)");
    }
    return new Requirement.Met(NAME, "AMX matrix units");
  }

  /** Whether the system lets this process use them, and call what it makes. */
  private static Requirement ask() {
    try {
      if (!Tile.permit()) {
        return missing(
            "the system does not let this process use matrix units (arch_prctl refuses tiles)",
            "use Linux 5.16 or later, without a filter on system calls; or " + FP32);
      }
      MatrixKernels.prepare();
      return new Requirement.Met(NAME, "AMX matrix units");
    } catch (IllegalCallerException | ExceptionInInitializerError e) {
      return missing(
          "this JVM does not let resnet4j call machine code: " + message(e),
          "add --enable-native-access=ALL-UNNAMED to the java command, on the module path"
              + " --enable-native-access=org.resnet4j.simd");
    } catch (IllegalStateException e) {
      return missing(
          message(e),
          "allow it (SELinux: execmem, systemd: MemoryDenyWriteExecute=no); or " + FP32);
    }
  }

  private static String message(Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static Requirement missing(String reason, String remedy) {
    return new Requirement.Without(NAME, reason, remedy);
  }
}
