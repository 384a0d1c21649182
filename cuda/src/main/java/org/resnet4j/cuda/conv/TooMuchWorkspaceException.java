package org.resnet4j.cuda.conv;

/** A way of computing needs more scratch memory than one may. Immutable and thread-safe. */
public final class TooMuchWorkspaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooMuchWorkspaceException(long bytes) {
    super("needs a workspace of " + bytes + " bytes");
  }
}
