package org.resnet4j.golden;

import java.io.IOException;
import java.io.Serial;
import org.resnet4j.core.text.Quote;

/**
 * A golden file that cannot be compared with. The message is one line without control characters:
 * file, cause, remedy.
 */
public final class GoldenFileException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  GoldenFileException(String file, String cause, String remedy) {
    super(Quote.line(file) + ": " + Quote.line(cause) + "; " + remedy);
  }
}
