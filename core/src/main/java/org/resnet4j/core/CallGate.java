package org.resnet4j.core;

import org.resnet4j.core.stack.StackReserve;

/** Counts calls in flight; closes for new ones and waits for the others. Thread-safe. */
final class CallGate {
  private final String closedMessage;
  private int inFlight;
  private boolean closed;

  /**
   * An open gate.
   *
   * @param what messages call what it belongs to
   */
  CallGate(String what) {
    this.closedMessage = "this " + what + " is closed";
  }

  /**
   * Begins a call; {@link #leave} must follow.
   *
   * @throws IllegalStateException if the gate is closed
   */
  void enter() {
    // Whoever cannot leave would keep the gate from closing, or not close a session it has broken.
    StackReserve.requireForCloses();
    if (!tryCount()) {
      throw isClosed();
    }
  }

  /**
   * As {@link #enter}, for those who can do without.
   *
   * @return false if the gate is closed
   */
  boolean tryEnter() {
    StackReserve.requireForCloses();
    return tryCount();
  }

  private synchronized boolean tryCount() {
    if (!closed) {
      inFlight++;
    }
    return !closed;
  }

  private IllegalStateException isClosed() {
    return new IllegalStateException(closedMessage);
  }

  /**
   * Says early what a call would say.
   *
   * @throws IllegalStateException if the gate is closed
   */
  synchronized void requireOpen() {
    if (closed) {
      throw isClosed();
    }
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
