package org.resnet4j.core.image;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * A picture could not be read. The message is one line: the file, the cause, the remedy; it can be
 * shown to a user as it is.
 */
public final class ImageDecodeException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ImageDecodeException(String file, String cause, String remedy, @Nullable Throwable origin) {
    super(Quote.oneLine(file + ": " + cause + "; " + remedy), origin);
  }

  /**
   * Whether the heap was too small, which says nothing about the file: the picture may be read when
   * less is held beside it.
   */
  public boolean isOutOfMemory() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }
}
