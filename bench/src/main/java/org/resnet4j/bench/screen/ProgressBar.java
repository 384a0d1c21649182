package org.resnet4j.bench.screen;

import java.util.Locale;

/** How far a long command is, redrawn on standard error; silent where that is no terminal. */
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;

  private final LiveLine line;
  private final int total;
  private final String unit;

  /**
   * A bar that is not drawn yet.
   *
   * @param unit what is counted, in the plural
   */
  public ProgressBar(Terminal terminal, int total, String unit) {
    this.line = new LiveLine(terminal);
    this.total = total;
    this.unit = unit;
  }

  /** Draws at once the first time, and then at most ten times a second. */
  public void show(int done) {
    if (line.isDue()) {
      String text =
          String.format(Locale.ROOT, "%d/%d  %.1f %s/s", done, total, done / line.seconds(), unit);
      line.draw((double) done / total, WIDTH, text);
    }
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
