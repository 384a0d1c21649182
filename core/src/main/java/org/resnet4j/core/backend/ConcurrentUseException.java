package org.resnet4j.core.backend;

/**
 * Two threads ran one session at the same time. Open one session a thread; they share the plan's
 * weights.
 */
public final class ConcurrentUseException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With the standard message. */
  public ConcurrentUseException() {
    super("this session is running on another thread; open one session per thread");
  }
}
