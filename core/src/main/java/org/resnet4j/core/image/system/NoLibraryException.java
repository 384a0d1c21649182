package org.resnet4j.core.image.system;

/** The library cannot be called; the message says why, and the remedy what to do. */
public final class NoLibraryException extends Exception {
  private static final long serialVersionUID = 1;

  private final String remedy;

  NoLibraryException(String reason, String remedy, Throwable cause) {
    super(reason, cause);
    this.remedy = remedy;
  }

  /** What a user can do. */
  public String remedy() {
    return remedy;
  }
}
