package org.resnet4j.simd.machinecode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory each piece of which ends where a page begins that nobody may read or write, and
 * begins at most a page behind another one: a kernel that goes a byte too far ends the process.
 */
public final class GuardedMemory {
  private static final long PAGE = 4096;

  /** What {@link #during} gives back. */
  private static final List<MemorySegment> MAPPED = new ArrayList<>();

  private GuardedMemory() {}

  /**
   * Pieces behind each other, with such pages around.
   *
   * @param pages all of it
   * @param offsets of the pieces in the order they were asked for
   */
  public record Pieces(MemorySegment pages, List<Long> offsets) {}

  /** Maps pieces of so many bytes. Those mapped during {@link #during} end with it. */
  public static Pieces map(long... sizes) {
    long total = PAGE;
    for (long size : sizes) {
      total += roundUp(size) + PAGE;
    }
    MemorySegment pages = LinuxCalls.map(total);
    MAPPED.add(pages);
    List<Long> offsets = new ArrayList<>();
    forbid(pages, 0);
    long at = PAGE;
    for (long size : sizes) {
      long end = at + roundUp(size);
      offsets.add(end - size);
      forbid(pages, end);
      at = end + PAGE;
    }
    return new Pieces(pages, offsets);
  }

  private static long roundUp(long size) {
    return Math.ceilDiv(size, PAGE) * PAGE;
  }

  private static void forbid(MemorySegment pages, long at) {
    if (!LinuxCalls.protect(pages.asSlice(at, PAGE), 0)) {
      throw new IllegalStateException("the system does not protect pages");
    }
  }

  /** Runs with all memory for machine code taken from here; by one thread at a time. */
  public static void during(Runnable body) {
    try {
      NativeMemory.source = GuardedMemory::piece;
      body.run();
    } finally {
      NativeMemory.source = NativeMemory::zeros;
      MAPPED.forEach(LinuxCalls.UNMAP);
      MAPPED.clear();
    }
  }

  private static MemorySegment piece(long bytes) {
    Pieces pieces = map(bytes);
    return pieces.pages().asSlice(pieces.offsets().getFirst(), bytes);
  }
}
