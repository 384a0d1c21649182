package org.resnet4j.core.backend;

/**
 * A session was run while it runs: by another thread, or by what its own run calls. Open one
 * session a thread; they share the plan's weights.
 */
public final class ConcurrentUseException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With the standard message. */
  public ConcurrentUseException() {
    super(
        "this session is running, on another thread or around this call; open one session per"
            + " thread");
  }
}
