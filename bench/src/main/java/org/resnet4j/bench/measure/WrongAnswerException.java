package org.resnet4j.bench.measure;

/** An engine's answer is not the others'; the message has the numbers. */
public final class WrongAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  public WrongAnswerException(String message) {
    super(message);
  }
}
