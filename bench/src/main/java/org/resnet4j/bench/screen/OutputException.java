package org.resnet4j.bench.screen;

import java.io.IOException;
import java.util.Locale;

/** Standard output takes no more: its reader has gone, or the disk is full. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean readerGone;

  public OutputException(IOException cause) {
    super("standard output: " + cause.getMessage() + "; check the disk or the pipe", cause);
    this.readerGone = isReaderGone(cause);
  }

  /** Whether a stream's failure is that its reader has ended. */
  public static boolean isReaderGone(IOException failure) {
    // The JDK has no type for EPIPE; in every language the system's text names the pipe.
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  /** Whether it was a pipe whose reader ended, as {@code | head} does: nothing to complain of. */
  public boolean readerGone() {
    return readerGone;
  }
}
