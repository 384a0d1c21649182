package org.resnet4j.cuda.driver;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * One native object of the driver or of a library: used and released on its {@link GpuThread} only
 * ({@link IllegalStateException} elsewhere and after {@link #close()}), released once even if that
 * fails.
 */
public final class NativeHandle implements AutoCloseable {
  private final GpuThread gpu;
  private final String kind;
  private final long value;
  private final LongConsumer release;
  private volatile boolean closed;

  NativeHandle(GpuThread gpu, String kind, long value, LongConsumer release) {
    this.gpu = gpu;
    this.kind = kind;
    this.value = value;
    this.release = release;
  }

  /**
   * Creates an object and then sets it up; where that fails, nothing is left.
   *
   * @param kind for messages
   * @param create returns the handle
   * @param release destroys it
   * @param setUp what else the object needs before it can be used
   */
  public static NativeHandle create(
      GpuThread gpu, String kind, LongSupplier create, LongConsumer release, LongConsumer setUp) {
    gpu.requireOwner();
    NativeHandle handle = new NativeHandle(gpu, kind, create.getAsLong(), release);
    try {
      setUp.accept(handle.value);
      return handle;
    } catch (Throwable e) {
      Failures.closeAfter(e, handle);
      throw e;
    }
  }

  /** The handle or address. */
  public long value() {
    gpu.requireOwner();
    if (closed) {
      throw new IllegalStateException(kind + " is closed");
    }
    return value;
  }

  DriverApi api() {
    return gpu.api();
  }

  /** The thread that it belongs to. */
  public GpuThread gpu() {
    return gpu;
  }

  /**
   * Releases. Idempotent.
   *
   * @throws CudaException if that fails; it is closed nevertheless
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    gpu.requireOwner();
    closed = true;
    release.accept(value);
  }
}
