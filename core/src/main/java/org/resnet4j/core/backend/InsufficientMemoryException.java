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

  /**
   * What a message says of batches.
   *
   * @param largest that may fit, or 0
   */
  public static String fitting(int largest) {
    return largest == 0
        ? "not even one image fits"
        : "the largest batch that may fit is " + largest;
  }
}
