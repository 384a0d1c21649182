package org.resnet4j.cuda.library;

import java.util.function.LongConsumer;

/**
 * Ownership of one native object: released once, even if that fails. Not thread-safe: used on the
 * device's thread, as the object itself.
 */
public final class NativeObject {
  private final String kind;
  private final long value;
  private final LongConsumer release;
  private boolean closed;

  /**
   * Takes ownership.
   *
   * @param kind for messages
   * @param value handle
   * @param release destroys it
   */
  public NativeObject(String kind, long value, LongConsumer release) {
    this.kind = kind;
    this.value = value;
    this.release = release;
  }

  /**
   * The handle.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public long value() {
    if (closed) {
      throw new IllegalStateException(kind + " is closed");
    }
    return value;
  }

  /**
   * Releases. Idempotent.
   *
   * @throws org.resnet4j.cuda.driver.CudaException if that fails; it is closed nevertheless
   */
  public void close() {
    if (!closed) {
      closed = true;
      release.accept(value);
    }
  }
}
