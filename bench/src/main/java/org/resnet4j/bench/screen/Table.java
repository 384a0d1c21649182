package org.resnet4j.bench.screen;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.core.text.Quote;

/** Rows in columns as wide as their content. */
public final class Table {
  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  /** With the columns' headings; {@code >} before one aligns the column to the right. */
  public Table(String... headings) {
    right = new boolean[headings.length];
    String[] first = new String[headings.length];
    for (int i = 0; i < headings.length; i++) {
      right[i] = headings[i].startsWith(">");
      first[i] = right[i] ? headings[i].substring(1) : headings[i];
    }
    rows.add(first);
  }

  /** Adds a row, whose cells are shown as {@link Quote#line} shows them. */
  public void add(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells, " + right.length + " columns");
    }
    rows.add(Stream.of(cells).map(Quote::line).toArray(String[]::new));
  }

  /** Prints all of it. */
  public void print(PrintStream out) {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String space = " ".repeat(widths[i] - row[i].length());
        line.append(right[i] ? space + row[i] : row[i] + space).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
