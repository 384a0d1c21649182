package org.resnet4j.spark;

import org.jspecify.annotations.Nullable;

/** There is nothing to decode. The message is the error of its row. */
final class PictureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PictureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
