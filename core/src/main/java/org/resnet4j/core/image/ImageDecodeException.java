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

  /** Chains of causes are short, but for one that leads back into itself. */
  private static final int MAX_CAUSES = 100;

  public ImageDecodeException(
      String file, String cause, String remedy, @Nullable Throwable origin) {
    super(Quote.oneLine(file + ": " + cause + "; " + remedy), origin);
  }

  /**
   * A picture for which there is not enough memory.
   *
   * @param file what to call it in the message
   */
  public static ImageDecodeException outOfMemory(String file, OutOfMemoryError error) {
    return new ImageDecodeException(
        file, "not enough memory to decode it", "scale it down or raise -Xmx", error);
  }

  /**
   * Whether the heap was too small, which says nothing about the file: the picture may be read when
   * less is held beside it.
   */
  public boolean isOutOfMemory() {
    Throwable cause = getCause();
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
