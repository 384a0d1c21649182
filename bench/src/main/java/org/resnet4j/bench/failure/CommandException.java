package org.resnet4j.bench.failure;

/** Ends a command with one line for the user: what, why, and what to do about it. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandException(String what, String cause, String remedy) {
    super(what + ": " + cause + "; " + remedy);
  }
}
