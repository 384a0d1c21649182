package org.resnet4j.cuda.driver;

/**
 * A queue of device work, run in order, apart from other streams and from the legacy default
 * stream. Belongs to its {@link GpuThread} ({@link IllegalStateException} elsewhere and after
 * {@link #close()}). Source: NVIDIA, CUDA Driver API, stream management.
 */
public final class Stream implements AutoCloseable {
  private final NativeHandle handle;

  private Stream(NativeHandle handle) {
    this.handle = handle;
  }

  /** Creates. */
  public static Stream create(GpuThread gpu) {
    DriverApi api = gpu.api();
    return new Stream(
        new NativeHandle(gpu, "stream", api.streamCreateNonBlocking(), api::streamDestroy));
  }

  /** The {@code CUstream}, which is also a {@code cudaStream_t}; valid until {@link #close()}. */
  public long handle() {
    return handle.value();
  }

  /** The thread that it belongs to. */
  public GpuThread gpu() {
    return handle.gpu();
  }

  /**
   * Waits for all queued work.
   *
   * @throws CudaException also with the error of earlier work, for example 700 for an illegal
   *     address
   */
  public void synchronize() {
    handle.api().streamSynchronize(handle());
  }

  /** Later work of this stream starts when {@code event}, as last recorded, has passed. */
  public void waitFor(Event event) {
    handle.api().streamWaitEvent(handle(), event.handle());
  }

  /**
   * From now on work is recorded instead of run. Until the capture ends this thread must not
   * allocate, free, synchronise or copy synchronously: such a call fails with 900 and spoils the
   * capture.
   */
  void beginCapture() {
    handle.api().streamBeginCaptureThreadLocal(handle());
  }

  /**
   * The recorded work, ready to run. Capturing has ended also if this throws.
   *
   * @throws CudaException code 901 if a forbidden call spoilt the capture
   */
  Graph endCapture() {
    DriverApi api = handle.api();
    long graph = api.streamEndCapture(handle());
    return Graph.instantiate(handle.gpu(), graph);
  }

  /**
   * What {@code work} queues here, as a graph. If it throws, capturing ends and the exception goes
   * on.
   */
  public Graph capture(Runnable work) {
    beginCapture();
    try {
      work.run();
    } catch (Throwable e) {
      DriverApi api = handle.api();
      Failures.closeAfter(e, () -> api.graphDestroy(api.streamEndCapture(handle())));
      throw e;
    }
    return endCapture();
  }

  /** Destroys; queued work still runs. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
