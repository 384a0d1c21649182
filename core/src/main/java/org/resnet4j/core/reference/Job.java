package org.resnet4j.core.reference;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Items that are done by whoever has time: by the thread that wants them, and by others, of which
 * none is needed.
 */
final class Job implements Runnable {
  private final int count;
  private final IntConsumer body;
  private final AtomicInteger next = new AtomicInteger();

  // Guarded by this.
  private int active;
  private boolean over;
  private @Nullable Throwable failure;

  Job(int count, IntConsumer body) {
    this.count = count;
    this.body = body;
  }

  /** Does items until none is left; nothing once {@link #finish} was called. */
  @Override
  public void run() {
    if (!enter()) {
      return;
    }
    Throwable thrown = null;
    try {
      for (int item = next.getAndIncrement(); item < count; item = next.getAndIncrement()) {
        body.accept(item);
      }
    } catch (Throwable e) {
      thrown = e;
      next.set(count);
    } finally {
      leave(thrown);
    }
  }

  private synchronized boolean enter() {
    if (!over) {
      active++;
    }
    return !over;
  }

  private synchronized void leave(@Nullable Throwable thrown) {
    active--;
    if (failure == null) {
      failure = thrown;
    }
    notifyAll();
  }

  /** Waits for those who are at it and throws what the first of them threw. */
  synchronized void finish() {
    over = true;
    boolean interrupted = false;
    while (active > 0) {
      try {
        wait();
      } catch (InterruptedException _) {
        interrupted = true; // they write where the run's values are
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) { // no switch, which memory may be too short to link
      throw e;
    }
  }
}
