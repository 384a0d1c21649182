package org.resnet4j.core;

import org.resnet4j.core.backend.StackReserve;

/** Counts calls in flight; closes for new ones and waits for the others. Thread-safe. */
final class CallGate {
  private final String what;
  private int inFlight;
  private boolean closed;

  /**
   * An open gate.
   *
   * @param what messages call what it belongs to
   */
  CallGate(String what) {
    this.what = what;
  }

  /**
   * Begins a call; {@link #leave} must follow.
   *
   * @throws IllegalStateException if the gate is closed
   */
  void enter() {
    // Whoever cannot leave would keep the gate from closing, or not close a session it has broken.
    StackReserve.requireForCloses();
    count();
  }

  private synchronized void count() {
    if (closed) {
      throw new IllegalStateException("this " + what + " is closed");
    }
    inFlight++;
  }

  /** Ends a call. */
  synchronized void leave() {
    inFlight--;
    notifyAll();
  }

  /**
   * Lets no call in any more and returns when the last has left, interrupted or not. Idempotent.
   */
  synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (inFlight > 0) {
      try {
        wait();
      } catch (InterruptedException _) {
        interrupted = true; // releasing what a call still uses would be worse than waiting for it
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
