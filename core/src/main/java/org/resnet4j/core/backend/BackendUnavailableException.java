package org.resnet4j.core.backend;

/**
 * A backend was asked for by name and cannot run here. There is never a silent fallback to another
 * one.
 */
public final class BackendUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String backend;
  private final String reason;
  private final String remedy;

  /** With the backend's name and what {@link Availability.Unavailable} says. */
  public BackendUnavailableException(String backend, String reason, String remedy) {
    super("backend '" + backend + "' is not available: " + reason + "; " + remedy);
    this.backend = backend;
    this.reason = reason;
    this.remedy = remedy;
  }

  /** The name asked for. */
  public String backend() {
    return backend;
  }

  /** What is missing. */
  public String reason() {
    return reason;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }
}
