package org.resnet4j.cuda;

/** A way of computing needs more scratch memory than one may. Immutable and thread-safe. */
final class TooMuchWorkspaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooMuchWorkspaceException(long bytes) {
    super("needs a workspace of " + bytes + " bytes");
  }
}
