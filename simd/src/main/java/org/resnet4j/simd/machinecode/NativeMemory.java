package org.resnet4j.simd.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Memory beside the heap, which machine code may read and write. It is given back when nobody can
 * reach it any more, which the collector finds out; there may be as much of it as the heap may
 * have, and who asks for more has the collector look. Thread-safe.
 */
public final class NativeMemory {
  private static final long CACHE_LINE = 64;
  private static final long HUGE_PAGE = 2L << 20;

  /** How often a collection is waited for, each time twice as long: half a second in all. */
  private static final int ATTEMPTS = 9;

  private static final AtomicLong USED = new AtomicLong();

  /** Where memory comes from; tests put pages around it that nobody may touch. */
  static LongFunction<MemorySegment> source = NativeMemory::zeros;

  private NativeMemory() {}

  /**
   * Zeros, from a cache line on, on large pages where it is large and the system has some.
   *
   * @throws OutOfMemoryError if there is no more
   */
  public static MemorySegment allocate(long bytes) {
    return source.apply(bytes);
  }

  /** Bytes of all that is in use. */
  public static long used() {
    return USED.get();
  }

  static MemorySegment zeros(long bytes) {
    return bytes < HUGE_PAGE ? small(Math.max(bytes, 1)) : onHugePages(bytes);
  }

  /** From the C library's heap. */
  @SuppressWarnings("restricted")
  private static MemorySegment small(long bytes) {
    reserve(bytes);
    MemorySegment owned = null;
    try {
      MemorySegment allocated = Arena.ofAuto().allocate(bytes, CACHE_LINE);
      owned = allocated.reinterpret(Arena.ofAuto(), _ -> giveBack(allocated));
    } finally {
      if (owned == null) {
        USED.addAndGet(-bytes);
      }
    }
    return owned;
  }

  /** Which is freed by its own arena, that this keeps until now. */
  private static void giveBack(MemorySegment allocated) {
    USED.addAndGet(-allocated.byteSize());
  }

  /** Pages have to be asked for before the first of them is touched. */
  @SuppressWarnings("restricted")
  private static MemorySegment onHugePages(long bytes) {
    long mapped = Math.addExact(bytes, HUGE_PAGE);
    reserve(mapped);
    MemorySegment owned = null;
    try {
      owned =
          LinuxCalls.map(mapped)
              .reinterpret(
                  Arena.ofAuto(),
                  all -> {
                    LinuxCalls.UNMAP.accept(all);
                    USED.addAndGet(-all.byteSize());
                  });
    } finally {
      if (owned == null) {
        USED.addAndGet(-mapped);
      }
    }
    long begin = Math.ceilDiv(owned.address(), HUGE_PAGE) * HUGE_PAGE - owned.address();
    MemorySegment aligned = owned.asSlice(begin, bytes);
    LinuxCalls.adviseHugePages(aligned);
    return aligned;
  }

  /** Memory that may still be had. */
  public static long left() {
    return Math.max(0, Runtime.getRuntime().maxMemory() - USED.get());
  }

  /** One after the other: what a collection frees is for who asked for it. */
  private static void reserve(long bytes) {
    synchronized (USED) {
      for (int attempt = 0; left() < bytes; attempt++) {
        if (attempt == ATTEMPTS) {
          throw new OutOfMemoryError(
              bytes + " bytes beside the heap, where " + left() + " are left");
        }
        System.gc();
        pause(1L << attempt);
      }
      USED.addAndGet(bytes);
    }
  }

  /** Waits, interrupted or not: what was collected is unmapped by another thread. */
  private static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    boolean interrupted = false;
    long left = millis;
    while (left > 0) {
      try {
        Thread.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = Math.ceilDiv(end - System.nanoTime(), 1_000_000L);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
