package org.resnet4j.bench.screen;

import java.io.IOException;
import java.util.Locale;

/** Standard output takes no more: its reader has gone, or the disk is full. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean readerGone;

  public OutputException(IOException cause) {
    super("standard output: " + reason(String.valueOf(cause.getMessage())), cause);
    this.readerGone = isReaderGone(cause);
  }

  private static String reason(String cause) {
    return cause.equals("Bad file descriptor") // as after a shell's >&-
        ? "it is closed; redirect it to a file"
        : cause + "; check the disk or the pipe";
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
