package org.resnet4j.bench.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * What a process uses: objects in the Java heap after a collection, what is allocated of the C
 * library's heap, and what our engine has mapped beside both. Where that library is not glibc (2.33
 * or later), it is unknown.
 *
 * <p>Resident memory would not do: it does not grow where a library takes what another has freed.
 *
 * <p>Source: mallinfo2(3).
 *
 * @param bytes negative if unknown
 */
record Footprint(long bytes) {
  /** Of ten numbers: allocated in blocks of their own, and allocated otherwise. */
  private static final int MAPPED = 4;

  private static final int ALLOCATED = 7;

  private static final int MOMENTS = 20;
  private static final long MOMENT_MILLIS = 20;

  private static final MemoryLayout NUMBERS =
      MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG);
  private static final Optional<MethodHandle> MALLINFO = mallinfo();

  /** At this moment, after a collection. */
  static Footprint take() {
    if (MALLINFO.isEmpty()) {
      return new Footprint(-1);
    }
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new Footprint(heap + allocated(MALLINFO.get()) + mapped());
  }

  /** What has been collected is unmapped a moment later, by a thread of the JVM's. */
  private static long mapped() {
    long used = NativeMemory.used();
    for (int moment = 0; moment < MOMENTS; moment++) {
      try {
        Thread.sleep(MOMENT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return used;
      }
      if (NativeMemory.used() == used) {
        return used;
      }
      used = NativeMemory.used();
    }
    return used;
  }

  /** What has come since; 0 if it has become less, negative if one is unknown. */
  long minus(Footprint before) {
    return bytes < 0 || before.bytes < 0 ? -1 : Math.max(0, bytes - before.bytes);
  }

  @SuppressWarnings("restricted")
  private static Optional<MethodHandle> mallinfo() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type = FunctionDescriptor.of(MemoryLayout.structLayout(NUMBERS));
    return linker
        .defaultLookup()
        .find("mallinfo2")
        .map(address -> linker.downcallHandle(address, type));
  }

  private static long allocated(MethodHandle mallinfo) {
    try (Arena arena = Arena.ofConfined()) {
      SegmentAllocator allocator = arena;
      MemorySegment numbers = (MemorySegment) mallinfo.invokeExact(allocator);
      return numbers.getAtIndex(ValueLayout.JAVA_LONG, MAPPED)
          + numbers.getAtIndex(ValueLayout.JAVA_LONG, ALLOCATED);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a C function throws nothing
    }
  }
}
