package org.resnet4j.bench.files;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.report.BenchReport;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.text.Quote;

/** What {@code bench --files} prints: a row for each engine, as soon as it is known. */
final class FilesReport {
  private static final String ROW = "%7s  %5s  %-12s  %9s  %7s  %10s  %8s  %-20s  %-18s  %-20s";

  private static final String LOAD = "%5s  %-8s  %10s  %10s  %8s  %9s  %9s  %12s";

  private final PrintStream out;
  private final String model;

  /**
   * A report without rows.
   *
   * @param models that will be measured
   */
  FilesReport(PrintStream out, List<String> models) {
    this.out = out;
    int width = models.stream().mapToInt(name -> Quote.line(name).length()).max().orElse(0);
    this.model = "%-" + Math.max("model".length(), width) + "s  ";
  }

  /** Prints what is read, and the columns' names. */
  void begin(
      String place,
      PictureSet pictures,
      String codec,
      int configurations,
      int engines,
      double seconds) {
    out.println(
        String.format(
            Locale.ROOT,
            "files    %s of %s: %s, %.2f megapixels each%s, JPEG by %s",
            pictures.files().size(),
            Quote.oneLine(place),
            Units.bytes(pictures.bytes()),
            pictures.pixels() / 1e6 / pictures.files().size(),
            pictures.unsound() == 0 ? "" : "; " + pictures.unsound() + " more cannot be read",
            codec));
    BenchReport.printPlan(out, configurations, engines, seconds);
    out.println();
    out.println("milliseconds of one thread a picture, images/s of all");
    out.println(
        model.formatted("model")
            + ROW.formatted(
                    "threads",
                    "batch",
                    "engine",
                    "decode",
                    "crop",
                    "network",
                    "bound",
                    "images/s (spread)",
                    "of bound (spread)",
                    "ours : it (spread)")
                .stripTrailing());
  }

  /** Prints a configuration's rows. */
  void add(List<FilesRow> rows) {
    rows.forEach(row -> out.println(line(row)));
  }

  /** Prints headings of what callers meet. */
  void beginLoads() {
    out.println();
    out.println(
        LOAD.formatted(
            "load",
            "front",
            "sent/s",
            "answered/s",
            "refused",
            "p50 ms",
            "p99 ms",
            "most waiting"));
  }

  /** Prints what callers have met. */
  void add(LoadRow row) {
    out.println(
        LOAD.formatted(
            row.percent() + " %",
            row.front(),
            rate(row.sentPerSecond()),
            rate(row.answeredPerSecond()),
            String.format(Locale.ROOT, "%.1f %%", row.refusedPercent()),
            rate(row.p50Millis()),
            rate(row.p99Millis()),
            String.valueOf(row.mostWaiting())));
  }

  /** Before what comes next. */
  void endLoads() {
    out.println();
  }

  private String line(FilesRow row) {
    List<Double> rounds = row.rounds().stream().sorted().toList();
    List<Double> shares = row.shareSpread();
    List<Double> ratios = row.ratioSpread();
    String cells =
        ROW.formatted(
            row.threads(),
            row.batch(),
            row.engine(),
            millis(row.parts().decode()),
            millis(row.parts().crop()),
            millis(row.parts().network()),
            rate(row.boundImagesPerSecond()),
            "%s (%s to %s)"
                .formatted(
                    rate(row.imagesPerSecond()), rate(rounds.getFirst()), rate(rounds.getLast())),
            "%s %% (%s to %s)"
                .formatted(
                    percent(row.shareOfBound()),
                    percent(shares.getFirst()),
                    percent(shares.getLast())),
            "%s (%s to %s)"
                .formatted(
                    ratio(row.ratioToOurs()), ratio(ratios.getLast()), ratio(ratios.getFirst())));
    return (model.formatted(Quote.line(row.model())) + cells).stripTrailing();
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, "%.2f", millis);
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, "%.1f", rate);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f", 100 * share);
  }

  private static String ratio(double toOurs) {
    return String.format(Locale.ROOT, "%.2f", 1 / toOurs);
  }
}
