package org.resnet4j.bench.screen;

import java.util.Locale;

/** How far a long command is, redrawn on standard error; silent where that is no terminal. */
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long MIN_NANOS = 100_000_000;

  private final Terminal terminal;
  private final int total;
  private final String unit;
  private final long start = System.nanoTime();
  private long drawn = start - MIN_NANOS;
  private boolean visible;

  /**
   * A bar that is not drawn yet.
   *
   * @param unit what is counted, in the plural
   */
  public ProgressBar(Terminal terminal, int total, String unit) {
    this.terminal = terminal;
    this.total = total;
    this.unit = unit;
  }

  /** Draws at once the first time, and then at most ten times a second. */
  public void show(int done) {
    long now = System.nanoTime();
    if (!terminal.features().errIsTerminal() || now - drawn < MIN_NANOS) {
      return;
    }
    drawn = now;
    visible = true;
    double perSecond = done / ((now - start) / 1e9);
    String bar = Bars.bar((double) done / total, WIDTH, terminal.features().blocks());
    String line =
        String.format(
            Locale.ROOT, "%-" + WIDTH + "s %d/%d  %.1f %s/s", bar, done, total, perSecond, unit);
    int columns = terminal.features().columns() - 1;
    terminal.err().print("\r" + line.substring(0, Math.min(line.length(), columns)) + "\033[K");
    terminal.err().flush();
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
