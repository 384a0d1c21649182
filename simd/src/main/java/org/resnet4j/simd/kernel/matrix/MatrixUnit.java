package org.resnet4j.simd.kernel.matrix;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.core.text.Quote;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorApi;
import org.resnet4j.simd.machinecode.MachineCode;
import org.resnet4j.simd.machinecode.Tile;

/**
 * On which unit of the processor this process multiplies matrices of bfloat16, and why on none.
 * Asked once: what the system grants stays granted.
 */
public final class MatrixUnit {
  private static final Set<String> SETTINGS = Set.of("", "true", "false", "avx512");

  private static final String NAME = "bfloat16";

  private static final List<String> AVX512 = List.of("avx512f", "avx512_bf16");
  private static final List<String> AMX = List.of("amx_tile", "amx_bf16");

  private static final String FP32 = "compute in fp32, the default";

  private static final Found CURRENT = find();

  private MatrixUnit() {}

  /**
   * What was found.
   *
   * @param kind of unit, or null for none
   */
  record Found(@Nullable UnitKind kind, Requirement requirement) {
    static Found of(UnitKind kind, String text) {
      return new Found(kind, new Requirement.Met(NAME, text));
    }

    static Found none(String reason, String remedy) {
      return new Found(null, new Requirement.Without(NAME, reason, remedy));
    }
  }

  /** The unit, or why there is none and what to do about it. */
  public static Requirement current() {
    return CURRENT.requirement;
  }

  /** Whether there is one. */
  public static boolean isThere() {
    return CURRENT.kind != null;
  }

  /**
   * The unit.
   *
   * @throws IllegalStateException if there is none
   */
  public static UnitKind kind() {
    if (CURRENT.kind == null) {
      throw new IllegalStateException("this process has no unit for bfloat16");
    }
    return CURRENT.kind;
  }

  private static Found find() {
    String platform = MachineCode.platform();
    Set<String> flags = Processor.current().flags();
    Found found = of(platform, flags, System.getProperty(MachineCode.SWITCH, ""));
    if (found.kind == null) {
      return found;
    }
    return VectorApi.isPresent()
        ? ask(found.kind, flags)
        : Found.none(
            "the JVM was started without the module " + VectorApi.MODULE,
            "add --add-modules " + VectorApi.MODULE + " to the java command");
  }

  /**
   * By the kind of system and processor alone.
   *
   * @param allowed what {@link MachineCode#SWITCH} says, empty by default
   */
  static Found of(String platform, Set<String> flags, String allowed) {
    if (!SETTINGS.contains(allowed)) {
      return Found.none(
          "-D%s is %s".formatted(MachineCode.SWITCH, Quote.name(allowed)),
          "it is true, false, or avx512 for the vectors alone");
    }
    if (allowed.equals("false")) {
      return Found.none(
          "machine code is switched off: -D" + MachineCode.SWITCH + "=false",
          "start Java without that option");
    }
    if (!MachineCode.isKnown(platform)) {
      return Found.none(
          "resnet4j computes in bfloat16 on Linux on x86-64, this is " + platform, FP32);
    }
    if (!flags.containsAll(AVX512)) {
      return Found.none(
          "this processor does not multiply bfloat16 (avx512_bf16)",
          FP32 + "; AMD's processors do since Zen 4, Intel's servers since the 4th generation");
    }
    boolean tiles = flags.containsAll(AMX) && !allowed.equals("avx512");
    UnitKind kind = tiles ? UnitKind.AMX : UnitKind.AVX512;
    return Found.of(kind, text(kind, flags));
  }

  /** For people. Intel's processors with tiles do float32 at twice the rate of these vectors. */
  private static String text(UnitKind kind, Set<String> flags) {
    return kind == UnitKind.AVX512 && flags.containsAll(AMX)
        ? kind.text() + ", slower than float32 on this processor"
        : kind.text();
  }

  /** Whether the system lets this process use it, and call what it makes. */
  private static Found ask(UnitKind wanted, Set<String> flags) {
    try {
      MachineCode.check();
      if (wanted == UnitKind.AMX && !Tile.permit()) {
        return Found.of(
            UnitKind.AVX512,
            text(UnitKind.AVX512, flags)
                + ", since the system does not permit AMX's tiles (Linux before 5.16, or a filter on"
                + " arch_prctl)");
      }
      return Found.of(wanted, text(wanted, flags));
    } catch (OutOfMemoryError e) {
      return Found.none("there is no memory for machine code", FP32);
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String what = String.valueOf(cause.getMessage());
      if (cause instanceof IllegalCallerException) {
        return Found.none(
            "this JVM does not let resnet4j call machine code: " + what,
            "add --enable-native-access=ALL-UNNAMED to the java command, on the module path"
                + " --enable-native-access=org.resnet4j.simd");
      }
      return Found.none(
          "machine code cannot be made here: " + what,
          "allow memory to be executable (SELinux: execmem; systemd:"
              + " MemoryDenyWriteExecute=no); or "
              + FP32);
    }
  }
}
