package org.resnet4j.simd.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/** Memory beside the heap, which machine code may read and write. */
public final class NativeMemory {
  private static final long CACHE_LINE = 64;
  private static final long HUGE_PAGE = 2L << 20;

  /** Where memory comes from; tests put pages around it that nobody may touch. */
  static LongFunction<MemorySegment> source = NativeMemory::zeros;

  private NativeMemory() {}

  /**
   * Zeros, from a cache line on, on large pages where it is large and the system has some. It is
   * given back when nobody can reach it any more.
   *
   * @throws OutOfMemoryError if there is none
   */
  public static MemorySegment allocate(long bytes) {
    return source.apply(bytes);
  }

  static MemorySegment zeros(long bytes) {
    boolean large = bytes >= HUGE_PAGE;
    MemorySegment memory =
        Arena.ofAuto().allocate(Math.max(bytes, 1), large ? HUGE_PAGE : CACHE_LINE);
    if (large) {
      LinuxCalls.adviseHugePages(memory);
    }
    return memory;
  }
}
