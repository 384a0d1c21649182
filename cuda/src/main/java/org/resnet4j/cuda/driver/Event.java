package org.resnet4j.cuda.driver;

/**
 * A mark in a {@link Stream} with the time at which the device passed it. Belongs to its {@link
 * GpuThread} ({@link IllegalStateException} elsewhere and after {@link #close()}).
 */
public final class Event implements AutoCloseable {
  private final NativeHandle handle;

  private Event(NativeHandle handle) {
    this.handle = handle;
  }

  /** Creates, with timing. */
  public static Event create(GpuThread gpu) {
    DriverApi api = gpu.api();
    return new Event(new NativeHandle(gpu, "event", api.eventCreate(), api::eventDestroy));
  }

  /** The {@code CUevent}. */
  long handle() {
    return handle.value();
  }

  /** Puts the mark behind the work queued so far; replaces an earlier one. */
  public void record(Stream stream) {
    handle.api().eventRecord(handle(), stream.handle());
  }

  /** Waits until the device has passed the mark. */
  public void synchronize() {
    handle.api().eventSynchronize(handle());
  }

  /**
   * Milliseconds from {@code start} to this mark, with a resolution of about half a microsecond.
   *
   * @throws CudaException code 400 if one was not recorded, 600 if the device has not passed both
   */
  public float millisSince(Event start) {
    return handle.api().eventElapsedTime(start.handle(), handle());
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
