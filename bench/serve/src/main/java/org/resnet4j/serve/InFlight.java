package org.resnet4j.serve;

import java.time.Duration;

/** Counts requests on the way to their answers, until no more are taken. Thread-safe. */
final class InFlight {
  // Guarded by this.
  private int count;
  private boolean ending;

  /**
   * Begins one, which {@link #leave} ends.
   *
   * @return false if no more are taken
   */
  synchronized boolean enter() {
    if (ending) {
      return false;
    }
    count++;
    return true;
  }

  synchronized void leave() {
    count--;
    notifyAll();
  }

  /** Takes no more, and returns when there are none or the time is over, interrupted or not. */
  synchronized void end(Duration limit) {
    ending = true;
    boolean interrupted = false;
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos(); count > 0 && left > 0; left = end - System.nanoTime()) {
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
