package org.resnet4j.cuda.driver;

import java.util.function.LongConsumer;

/** One native object: used and released on its thread only, released once even if that fails. */
final class NativeHandle {
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

  /** The handle or address. */
  long value() {
    gpu.requireOwner();
    if (closed) {
      throw new IllegalStateException(kind + " is closed");
    }
    return value;
  }

  DriverApi api() {
    return gpu.api();
  }

  GpuThread gpu() {
    return gpu;
  }

  void close() {
    if (closed) {
      return;
    }
    gpu.requireOwner();
    closed = true;
    release.accept(value);
  }
}
