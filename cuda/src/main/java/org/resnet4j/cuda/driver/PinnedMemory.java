package org.resnet4j.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Page-locked host memory: the only kind that the device copies from and to without the driver's
 * staging. Belongs to its {@link GpuThread} for allocation and {@link #close()} ({@link
 * IllegalStateException} elsewhere); the segment may be used by any thread, with the caller's own
 * ordering.
 */
public final class PinnedMemory implements AutoCloseable {
  private final NativeHandle handle;
  private final Arena arena;
  private final MemorySegment segment;

  @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // close() closes the arena
  private PinnedMemory(NativeHandle handle, long bytes) {
    this.handle = handle;
    this.arena = Arena.ofShared();
    this.segment = MemorySegment.ofAddress(handle.value()).reinterpret(bytes, arena, null);
  }

  /**
   * Allocates; contents undefined.
   *
   * @param bytes 1 to {@link Integer#MAX_VALUE}, the most that JCuda can wrap; else {@link
   *     IllegalArgumentException}
   * @throws CudaException code 2 if the host cannot lock that much
   */
  public static PinnedMemory allocate(GpuThread gpu, long bytes) {
    if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "bytes: 1 to " + Integer.MAX_VALUE + " are possible, not " + bytes);
    }
    DriverApi api = gpu.api();
    long address = api.memHostAlloc(bytes);
    return new PinnedMemory(
        new NativeHandle(gpu, "pinned memory of " + bytes + " bytes", address, api::memFreeHost),
        bytes);
  }

  /** The memory; an access after {@link #close()} throws {@link IllegalStateException}. */
  public MemorySegment segment() {
    return segment;
  }

  /** Its size. */
  public long bytes() {
    return segment.byteSize();
  }

  /** Frees. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      handle.gpu().requireOwner();
      arena.close();
    }
    handle.close();
  }
}
