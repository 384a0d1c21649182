package org.resnet4j.core.image.webp;

/** The library cannot be called; the message says why, and the remedy what to do. */
public final class NoLibWebpException extends Exception {
  private static final long serialVersionUID = 1;

  private final String remedy;

  NoLibWebpException(String reason, String remedy, Throwable cause) {
    super(reason, cause);
    this.remedy = remedy;
  }

  /** What a user can do. */
  public String remedy() {
    return remedy;
  }
}
