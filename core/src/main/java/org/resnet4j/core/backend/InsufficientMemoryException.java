package org.resnet4j.core.backend;

/** A session's working memory would exceed what there is. Thrown before anything is allocated. */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message that says how much is needed, how much there is, and the largest batch that
   * fits.
   */
  public InsufficientMemoryException(String message) {
    super(message);
  }
}
