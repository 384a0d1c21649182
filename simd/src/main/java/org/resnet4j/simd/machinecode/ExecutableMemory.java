package org.resnet4j.simd.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Machine code that may be called. Its pages can be written or executed, never both: they are
 * written before anybody can call them, and not any more afterwards. Linux on x86-64.
 */
public final class ExecutableMemory {
  private static final int PAGE = 4096;

  /** Where functions begin. */
  private static final int ALIGNMENT = 64;

  /** What fills the gaps: an instruction that stops whoever gets there. */
  private static final byte BREAKPOINT = (byte) 0xCC;

  private ExecutableMemory() {}

  /**
   * Maps functions.
   *
   * @param functions their code
   * @param arena ends their lives: afterwards they can no longer be called
   * @return the address of each, in their order
   * @throws OutOfMemoryError if the system gives no memory
   * @throws IllegalStateException if it does not let this process make memory executable
   * @throws IllegalCallerException if native access is not enabled
   */
  @SuppressWarnings("restricted")
  public static List<MemorySegment> map(List<Code> functions, Arena arena) {
    long size = 0;
    for (Code code : functions) {
      size += Math.ceilDiv(code.size(), ALIGNMENT) * (long) ALIGNMENT;
    }
    MemorySegment pages =
        LinuxCalls.map(Math.ceilDiv(Math.max(size, 1), PAGE) * (long) PAGE)
            .reinterpret(arena, LinuxCalls.UNMAP);
    pages.fill(BREAKPOINT);
    List<MemorySegment> addresses = new ArrayList<>();
    long at = 0;
    for (Code code : functions) {
      MemorySegment.copy(code.bytes(), 0, pages, ValueLayout.JAVA_BYTE, at, code.size());
      addresses.add(pages.asSlice(at, code.size()));
      at += Math.ceilDiv(code.size(), ALIGNMENT) * (long) ALIGNMENT;
    }
    if (!LinuxCalls.protect(pages, LinuxCalls.READ | LinuxCalls.EXECUTE)) {
      throw new IllegalStateException(
          "the system does not let this process make memory executable");
    }
    return List.copyOf(addresses);
  }
}
