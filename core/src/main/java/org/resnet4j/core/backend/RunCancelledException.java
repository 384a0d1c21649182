package org.resnet4j.core.backend;

/**
 * A run ended before its result, because nobody wants it any more. Its session can be used again.
 * So can a backend that was about to measure algorithms.
 */
public final class RunCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who cancelled. */
  public enum Reason {
    /** The calling thread was interrupted; its interrupt status stays set. */
    INTERRUPTED("the run's thread was interrupted"),
    /** The run's {@link Deadline} passed. */
    DEADLINE_PASSED("the run's deadline has passed");

    private final String message;

    Reason(String message) {
      this.message = message;
    }
  }

  private final Reason reason;

  /** With the standard message. */
  public RunCancelledException(Reason reason) {
    super(reason.message);
    this.reason = reason;
  }

  /** Who cancelled. */
  public Reason reason() {
    return reason;
  }
}
