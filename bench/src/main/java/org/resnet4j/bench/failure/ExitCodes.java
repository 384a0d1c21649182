package org.resnet4j.bench.failure;

/** What the process returns. */
public final class ExitCodes {
  /** Everything asked for was done. */
  public static final int OK = 0;

  /** Some of the inputs failed, the others were done; or what was verified or compared is wrong. */
  public static final int SOME_FAILED = 1;

  /** Wrong usage, or an input without which nothing can be done. */
  public static final int BAD_INPUT = 2;

  /**
   * Standard output's reader has gone before all was done, as {@code | head} does: what a shell
   * says of a process that SIGPIPE has ended.
   */
  public static final int READER_GONE = 141;

  private ExitCodes() {}
}
