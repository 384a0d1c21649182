package org.resnet4j.bench.screen;

import java.io.IOException;
import java.util.Locale;

/** Standard output takes no more: its reader has gone, or the disk is full. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean readerGone;

  OutputException(IOException cause) {
    super("standard output: " + cause.getMessage() + "; check the disk or the pipe", cause);
    // The JDK has no type for EPIPE; in every language the system's text names the pipe.
    this.readerGone = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  /** Whether it was a pipe whose reader ended, as {@code | head} does: nothing to complain of. */
  public boolean readerGone() {
    return readerGone;
  }
}
