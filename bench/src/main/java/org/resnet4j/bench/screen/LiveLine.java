package org.resnet4j.bench.screen;

/**
 * A line on standard error that is drawn over itself, at once the first time and then at most ten
 * times a second; silent where that is no terminal.
 */
final class LiveLine {
  private static final long MIN_NANOS = 100_000_000;

  private final Terminal terminal;
  private final long start = System.nanoTime();
  private long drawn = start - MIN_NANOS;
  private boolean visible;

  /** A line that is not drawn yet. */
  LiveLine(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Whether anybody sees it, and has not just seen it. */
  boolean isDue() {
    return terminal.features().errIsTerminal() && System.nanoTime() - drawn >= MIN_NANOS;
  }

  /** Seconds since it was made. */
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Draws it, cut to the terminal's width.
   *
   * @param share that is done, 0 to 1
   * @param width of the bar that shows it, in columns
   * @param text after that
   */
  void draw(double share, int width, String text) {
    drawn = System.nanoTime();
    visible = true;
    String bar = Bars.bar(share, width, terminal.features().blocks());
    String line = ("%-" + width + "s  %s").formatted(bar, text);
    int columns = terminal.features().columns() - 1;
    terminal.err().print("\r" + line.substring(0, Math.min(line.length(), columns)) + "\033[K");
    terminal.err().flush();
  }

  /** Wipes it, so that another line can be printed where it stands. */
  void clear() {
    if (visible) {
      terminal.err().print("\r\033[K");
      terminal.err().flush();
      visible = false;
    }
  }
}
