package org.resnet4j.core.hub;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * A model could not be fetched. The message is one line without control characters: what, cause,
 * remedy.
 */
public final class HubException extends IOException {
  private static final long serialVersionUID = 1L;

  HubException(String what, String cause, String remedy) {
    this(what, cause, remedy, null);
  }

  HubException(String what, String cause, String remedy, @Nullable Throwable origin) {
    super(Quote.line(what) + ": " + Quote.line(cause) + "; " + Quote.line(remedy), origin);
  }
}
