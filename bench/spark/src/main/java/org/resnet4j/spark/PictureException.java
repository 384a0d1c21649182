package org.resnet4j.spark;

import org.jspecify.annotations.Nullable;

/** There is no answer for a picture. The message is the error of its row. */
final class PictureException extends Exception {
  private static final long serialVersionUID = 1L;

  PictureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
