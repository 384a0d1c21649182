package org.resnet4j.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A block of device memory, aligned to 256 bytes, its contents undefined at first. Belongs to its
 * {@link GpuThread}: every method but {@link #bytes()} must run there ({@link
 * IllegalStateException} otherwise and after {@link #close()}). Copies whose range is not inside
 * both sides throw {@link IndexOutOfBoundsException}; heap segments {@link
 * IllegalArgumentException}.
 */
public final class DeviceMemory implements AutoCloseable {
  /** What {@code cuMemAlloc} aligns to. */
  public static final int ALIGNMENT_BYTES = 256;

  private final NativeHandle handle;
  private final long bytes;

  private DeviceMemory(NativeHandle handle, long bytes) {
    this.handle = handle;
    this.bytes = bytes;
  }

  /**
   * Allocates.
   *
   * @throws IllegalArgumentException if {@code bytes} is not positive
   * @throws CudaException code 2 if the device has no room
   */
  public static DeviceMemory allocate(GpuThread gpu, long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes: at least 1 is needed, not " + bytes);
    }
    DriverApi api = gpu.api();
    long address = api.memAlloc(bytes);
    return new DeviceMemory(
        new NativeHandle(gpu, "device memory of " + bytes + " bytes", address, api::memFree),
        bytes);
  }

  /** Bytes from one aligned block of this size to the next. */
  public static long aligned(long bytes) {
    return Math.ceilDiv(bytes, (long) ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  /** Free device memory, in bytes, as the driver sees it now. */
  public static long freeBytes(GpuThread gpu) {
    return gpu.api().memGetFreeBytes();
  }

  /** For kernels and libraries; valid until {@link #close()}. */
  public long address() {
    return handle.value();
  }

  /** Its size. */
  public long bytes() {
    return bytes;
  }

  /**
   * Copies all of {@code source} to {@code offsetBytes} and waits. Waits for no work on a {@link
   * Stream}.
   */
  public void copyFrom(MemorySegment source, long offsetBytes) {
    handle.api().memcpyHtoD(at(offsetBytes, source), source, source.byteSize());
  }

  /**
   * Fills all of {@code destination} from {@code offsetBytes} and waits. Waits for no work on a
   * {@link Stream}.
   */
  public void copyTo(MemorySegment destination, long offsetBytes) {
    handle.api().memcpyDtoH(destination, at(offsetBytes, destination), destination.byteSize());
  }

  /**
   * Queues a copy of all of {@code source} to {@code offsetBytes}. The segment must stay alive and
   * unchanged until the stream has got there, in a captured graph as long as the graph is used.
   * Truly asynchronous only from {@link PinnedMemory}.
   */
  public void copyFromAsync(MemorySegment source, long offsetBytes, Stream stream) {
    handle
        .api()
        .memcpyHtoDAsync(at(offsetBytes, source), source, source.byteSize(), stream.handle());
  }

  /**
   * Queues filling all of {@code destination} from {@code offsetBytes}. What {@link #copyFromAsync}
   * says of the segment holds here; its contents are defined after the stream has been
   * synchronised.
   */
  public void copyToAsync(MemorySegment destination, long offsetBytes, Stream stream) {
    handle
        .api()
        .memcpyDtoHAsync(
            destination, at(offsetBytes, destination), destination.byteSize(), stream.handle());
  }

  /** Queues a copy within the device; the two ranges must not overlap. */
  public void copyFromAsync(
      DeviceMemory source,
      long sourceOffsetBytes,
      long offsetBytes,
      long lengthBytes,
      Stream stream) {
    Objects.checkFromIndexSize(sourceOffsetBytes, lengthBytes, source.bytes);
    Objects.checkFromIndexSize(offsetBytes, lengthBytes, bytes);
    handle
        .api()
        .memcpyDtoDAsync(
            address() + offsetBytes,
            source.address() + sourceOffsetBytes,
            lengthBytes,
            stream.handle());
  }

  /** Queues setting every byte to {@code value}. */
  public void fillAsync(byte value, Stream stream) {
    handle.api().memsetD8Async(address(), value, bytes, stream.handle());
  }

  /** Frees. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }

  private long at(long offsetBytes, MemorySegment host) {
    if (!host.isNative()) {
      throw new IllegalArgumentException("an off-heap segment is needed, not " + host);
    }
    Objects.checkFromIndexSize(offsetBytes, host.byteSize(), bytes);
    return address() + offsetBytes;
  }
}
