package org.resnet4j.cuda.library;

import java.util.List;

/** A library lacks functions that it should have. Immutable and thread-safe. */
public final class MissingFunctionException extends Exception {
  private static final long serialVersionUID = 1L;

  MissingFunctionException(List<String> names) {
    super("it lacks " + String.join(", ", names));
  }
}
