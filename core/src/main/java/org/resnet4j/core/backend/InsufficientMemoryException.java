package org.resnet4j.core.backend;

/** A session's working memory exceeds what there is; nothing of it stays allocated. */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message that says how much is needed, how much there is, and the largest batch that may
   * fit.
   */
  public InsufficientMemoryException(String message) {
    super(message);
  }
}
