package org.resnet4j.core.model;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * A model or label file says something that cannot be used. The message is one line without control
 * characters: file, cause, remedy.
 */
public final class ModelFileException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ModelFileException(String file, String cause, String remedy) {
    this(file, cause, remedy, null);
  }

  ModelFileException(String file, String cause, String remedy, @Nullable Throwable origin) {
    super(Quote.line(file) + ": " + Quote.line(cause) + "; " + remedy, origin);
  }
}
