package org.resnet4j.simd.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Whether this process may make machine code and call it. */
public final class MachineCode {
  /**
   * The system property that says what this library may make machine code for: {@code false} for
   * nothing, {@code avx512} for vectors of 512 bits alone, {@code true} for all, as without it.
   */
  public static final String SWITCH = "resnet4j.machinecode";

  private MachineCode() {}

  /** Whether this is a system and a kind of processor that functions can be written for. */
  public static boolean isKnown(String platform) {
    return platform.equals("Linux amd64");
  }

  /** This system and kind of processor, as {@link #isKnown} takes it. */
  public static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }

  /**
   * Makes a function that returns at once, and calls it.
   *
   * @throws IllegalStateException if the system does not let this process make memory executable
   * @throws IllegalCallerException if native access is not enabled
   */
  @SuppressWarnings("restricted")
  public static void check() {
    Assembler code = new Assembler();
    code.ret();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = ExecutableMemory.map(List.of(code.assemble()), arena).getFirst();
      Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid()).invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }
}
