package org.resnet4j.bench.screen;

import org.resnet4j.core.text.Quote;

/**
 * How long a command still takes, redrawn on standard error; silent where that is no terminal.
 *
 * <p>What was expected of the work done so far, and what it took, correct what is expected of the
 * rest.
 */
public final class TimeBar implements AutoCloseable {
  private static final int WIDTH = 20;

  /** Expected seconds that count as if they had been met, so that the first ones say little. */
  private static final double TRUSTED_SECONDS = 10;

  private final LiveLine line;
  private final double expected;

  /** A bar that is not drawn yet, for work that is expected to take so many seconds. */
  public TimeBar(Terminal terminal, double expectedSeconds) {
    this.line = new LiveLine(terminal);
    this.expected = expectedSeconds;
  }

  /**
   * Draws at once the first time, and then at most ten times a second.
   *
   * @param what is being done
   * @param done how many of the expected seconds' work
   */
  public void show(String what, double done) {
    if (line.isDue()) {
      double left = left(done, line.seconds());
      line.draw(
          done / expected, WIDTH, "%s left  %s".formatted(Units.minutes(left), Quote.line(what)));
    }
  }

  /** Seconds that the rest takes, after {@code took} seconds for {@code done} expected ones. */
  double left(double done, double took) {
    double pace = (took + TRUSTED_SECONDS) / (done + TRUSTED_SECONDS);
    return Math.max(0, expected - done) * pace;
  }

  /** Wipes the bar, so that a line can be printed where it stands. */
  public void clear() {
    line.clear();
  }

  @Override
  public void close() {
    clear();
  }
}
