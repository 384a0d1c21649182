package org.resnet4j.bench.screen;

/**
 * How long a command still takes, redrawn on standard error; silent where that is no terminal.
 *
 * <p>What was expected of the work done so far, and what it took, correct what is expected of the
 * rest.
 */
public final class TimeBar implements AutoCloseable {
  private static final int WIDTH = 20;
  private static final long MIN_NANOS = 100_000_000;

  /** Expected seconds that count as if they had been met, so that the first ones say little. */
  private static final double TRUSTED_SECONDS = 10;

  private final Terminal terminal;
  private final double expected;
  private final long start = System.nanoTime();
  private long drawn = start - MIN_NANOS;
  private boolean visible;

  /** A bar that is not drawn yet, for work that is expected to take so many seconds. */
  public TimeBar(Terminal terminal, double expectedSeconds) {
    this.terminal = terminal;
    this.expected = expectedSeconds;
  }

  /**
   * Draws at once the first time, and then at most ten times a second.
   *
   * @param what is being done
   * @param done how many of the expected seconds' work
   */
  public void show(String what, double done) {
    long now = System.nanoTime();
    if (!terminal.features().errIsTerminal() || now - drawn < MIN_NANOS) {
      return;
    }
    drawn = now;
    visible = true;
    double left = left(done, (now - start) / 1e9);
    String bar = Bars.bar(done / expected, WIDTH, terminal.features().blocks());
    String line = ("%-" + WIDTH + "s  %s left  %s").formatted(bar, Units.minutes(left), what);
    int columns = terminal.features().columns() - 1;
    terminal.err().print("\r" + line.substring(0, Math.min(line.length(), columns)) + "\033[K");
    terminal.err().flush();
  }

  /** Seconds that the rest takes, after {@code took} seconds for {@code done} expected ones. */
  double left(double done, double took) {
    double pace = (took + TRUSTED_SECONDS) / (done + TRUSTED_SECONDS);
    return Math.max(0, expected - done) * pace;
  }

  /** Wipes the bar, so that a line can be printed where it stands. */
  public void clear() {
    if (visible) {
      terminal.err().print("\r\033[K");
      terminal.err().flush();
      visible = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
