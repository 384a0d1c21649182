package org.resnet4j.core.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that ends with an error when nothing has come for a while. The HTTP client has a limit
 * for the time to an answer's headers, but none for its body. For one thread.
 */
final class StallGuard extends FilterInputStream {
  private static final Duration FOREVER = Duration.ofDays(365);

  /** Nothing came for too long. */
  static final class StalledException extends IOException {
    private static final long serialVersionUID = 1L;

    StalledException(@Nullable IOException cause) {
      super("nothing more comes", cause);
    }
  }

  private final Duration limit;
  private final Thread guard;
  private final long end;
  private volatile long last = System.nanoTime();
  private volatile boolean stalled;

  /**
   * Guards from now on, until it is closed.
   *
   * @param in whose {@code close} ends a {@code read} of another thread
   * @param limit of the time without a byte
   */
  StallGuard(InputStream in, Duration limit) {
    this(in, limit, FOREVER);
  }

  /**
   * The same, where all of it has to come in time.
   *
   * @param whole limit of the time to the end
   */
  StallGuard(InputStream in, Duration limit, Duration whole) {
    super(in);
    this.limit = limit;
    this.end = last + whole.toNanos();
    this.guard = Thread.ofVirtual().name("resnet4j-stall").start(this::watch);
  }

  private void watch() {
    try {
      for (long left = limit.toNanos(); left > 0; left = left()) {
        Thread.sleep(Duration.ofNanos(left));
      }
      stalled = true;
      in.close();
    } catch (InterruptedException | IOException _) {
      // The download is over, or the reader sees that it is broken.
    }
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(limit.toNanos() - (now - last), end - now);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(bytes, offset, length);
    } catch (IOException e) {
      throw stalled ? new StalledException(e) : e;
    }
    last = System.nanoTime();
    if (count < 0 && stalled) {
      throw new StalledException(null);
    }
    return count;
  }

  @Override
  public void close() {
    guard.interrupt();
    try {
      in.close();
    } catch (IOException _) {
      // Nothing more is wanted of it.
    }
  }
}
