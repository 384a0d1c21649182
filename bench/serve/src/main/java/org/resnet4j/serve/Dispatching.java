package org.resnet4j.serve;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests to their threads, and watches the JDK's thread that takes connections: it ends of
 * an error, which it only meets where the heap is full. Then callers are still connected, by the
 * system, and nobody answers. Thread-safe.
 */
final class Dispatching implements Executor, Thread.UncaughtExceptionHandler {
  private final ExecutorService callers;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  /** With the threads of requests. */
  Dispatching(ExecutorService callers) {
    this.callers = callers;
  }

  /** Called by the JDK's thread. */
  @Override
  public void execute(Runnable request) {
    Thread.currentThread().setUncaughtExceptionHandler(this);
    callers.execute(request);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    fail(error);
  }

  /** Nobody will be answered any more. */
  void fail(Throwable error) {
    failure = error;
    ended.countDown();
  }

  /** The server is closed. */
  void end() {
    ended.countDown();
  }

  /**
   * Until it ends, one way or the other.
   *
   * @return why nobody is answered any more, or null if it is closed
   */
  @Nullable Throwable await() throws InterruptedException {
    ended.await();
    return failure;
  }
}
