package org.resnet4j.core.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A stream that ends with an error when nothing has come for a while. The HTTP client has a limit
 * for the time to an answer's headers, but none for its body. For one thread.
 */
final class StallGuard extends FilterInputStream {
  private final Duration limit;
  private final Thread guard;
  private volatile long last = System.nanoTime();
  private volatile boolean stalled;

  /**
   * Guards from now on, until it is closed.
   *
   * @param in whose {@code close} ends a {@code read} of another thread
   */
  StallGuard(InputStream in, Duration limit) {
    super(in);
    this.limit = limit;
    this.guard = Thread.ofVirtual().name("resnet4j-stall").start(this::watch);
  }

  private void watch() {
    try {
      long left = limit.toNanos();
      while (left > 0) {
        Thread.sleep(Duration.ofNanos(left));
        left = limit.toNanos() - (System.nanoTime() - last);
      }
      stalled = true;
      in.close();
    } catch (InterruptedException | IOException _) {
      // The download is over, or the reader sees that it is broken.
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int count = in.read(bytes, offset, length);
      last = System.nanoTime();
      if (count < 0 && stalled) {
        throw new IOException("closed");
      }
      return count;
    } catch (IOException e) {
      throw stalled ? new IOException("nothing came for " + limit.toSeconds() + " s", e) : e;
    }
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
