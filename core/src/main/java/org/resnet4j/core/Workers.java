package org.resnet4j.core;

import java.util.List;

/** Daemon threads that end together. Thread-safe once it is made. */
final class Workers {
  /** An array: to go through it allocates nothing, also where memory has run out. */
  private final Thread[] threads;

  /**
   * Starts nothing.
   *
   * @param name of the threads, which a number follows
   * @param tasks of one thread each
   */
  Workers(String name, List<? extends Runnable> tasks) {
    Thread.Builder daemons = Thread.ofPlatform().daemon().name(name, 0);
    this.threads = tasks.stream().map(daemons::unstarted).toArray(Thread[]::new);
  }

  /** Starts them; where that fails, some may have been. */
  void start() {
    for (Thread thread : threads) {
      thread.start();
    }
  }

  /** Interrupts all. */
  void interrupt() {
    for (Thread thread : threads) {
      thread.interrupt();
    }
  }

  /**
   * Returns when all have ended, interrupted or not: what they use is released after that. One of
   * them returns at once, since two would wait for each other.
   */
  void join() {
    Thread self = Thread.currentThread();
    for (Thread thread : threads) {
      if (thread == self) {
        return;
      }
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      self.interrupt();
    }
  }
}
