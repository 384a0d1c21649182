package org.resnet4j.core.file;

import java.io.IOException;

/** No file is begun any more, since the process is ending: it could not be finished. */
public final class ProcessEndingException extends IOException {
  private static final long serialVersionUID = 1L;

  ProcessEndingException() {
    super("the process is ending");
  }
}
