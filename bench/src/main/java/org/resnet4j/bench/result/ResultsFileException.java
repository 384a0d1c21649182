package org.resnet4j.bench.result;

import java.io.IOException;
import java.nio.file.Path;

/** A file that holds no results: its name, what is wrong where, and what to do about it. */
public final class ResultsFileException extends IOException {
  private static final long serialVersionUID = 1L;

  ResultsFileException(Path file, String cause) {
    super(
        "%s: is no results file: %s; name one that bench or compare has written with --json"
            .formatted(file, cause));
  }
}
