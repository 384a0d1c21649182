package org.resnet4j.bench;

/** Ends a command with one line for the user: what, why, and what to do about it. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  CommandException(String what, String cause, String remedy) {
    super(what + ": " + cause + "; " + remedy);
  }
}
