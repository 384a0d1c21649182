package org.resnet4j.cuda.library;

/** A library cannot be loaded; the message names it and says why. Immutable and thread-safe. */
public final class NotLoadedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public NotLoadedException(String message) {
    super(message);
  }
}
