package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;

/** What a comparison prints: a row for each engine of a configuration, as soon as it is known. */
public final class BenchReport {
  private static final String ROW = "%7s  %5s  %-16s  %10s  %8s  %8s  %8s  %-20s  %8s  %6s  %7s";

  private final PrintStream out;
  private final MachineFacts machine;
  private final String pictures;
  private final String model;

  /**
   * A report without rows.
   *
   * @param subjects what will be measured
   */
  public BenchReport(PrintStream out, MachineFacts machine, Collection<Subject> subjects) {
    this.out = out;
    this.machine = machine;
    this.pictures =
        subjects.stream()
            .map(subject -> subject.outline().inputShape())
            .map(Shape::toString)
            .distinct()
            .collect(Collectors.joining(", "));
    this.model =
        "%-"
            + subjects.stream().mapToInt(s -> Quote.line(s.name()).length()).max().orElse(0)
            + "s  ";
  }

  /** Prints the machine, the engines and the pictures. */
  public void begin() {
    printMachine(out, machine);
    out.println("picture  " + pictures + ", float32");
  }

  /** Prints the machine and the engines. */
  public static void printMachine(PrintStream out, MachineFacts machine) {
    out.println("machine  " + (machine.cpu() == null ? "unknown CPU" : machine.cpu()));
    String what = "device   ";
    for (EngineFacts engine : machine.engines()) {
      switch (engine.kind()) {
        case PEER -> out.println("peer     " + engine.name() + " " + engine.version());
        case CPU, GPU, EMULATOR -> {
          out.println(what + describe(engine));
          what = "against  ";
        }
      }
    }
    out.println(
        "peak     "
            + number("%.1f", machine.peakGflopsPerThread())
            + " GFLOP/s on one thread, in registers alone");
  }

  /**
   * Prints what will be done.
   *
   * @param cells configurations
   * @param engines in each
   * @param seconds that it is expected to take
   */
  public void plan(int cells, int engines, double seconds) {
    printPlan(out, cells, engines, seconds);
  }

  /** Prints what will be done, and how many seconds it is expected to take. */
  public static void printPlan(PrintStream out, int cells, int engines, double seconds) {
    out.println(
        "plan     %s %s of %s %s, some %s"
            .formatted(
                cells,
                cells == 1 ? "configuration" : "configurations",
                engines,
                engines == 1 ? "engine" : "engines",
                Units.minutes(seconds)));
  }

  private static String describe(EngineFacts engine) {
    boolean selfEvident = engine.kind() == EngineFacts.Kind.CPU;
    return engine.name() + ": " + engine.device() + (selfEvident ? "" : ", " + engine.precision());
  }

  /** Prints the columns' names. */
  public void headings() {
    out.println();
    String headings =
        ROW.formatted(
            "threads",
            "batch",
            "engine",
            "images/s",
            "p50 ms",
            "p90 ms",
            "p99 ms",
            "ours : it (spread)",
            "GFLOP/s",
            "peak",
            "differs");
    out.println(model.formatted("model") + headings);
  }

  /** Prints a configuration's rows. */
  public void add(List<Row> rows) {
    rows.forEach(row -> out.println(line(row)));
  }

  private String line(Row row) {
    EngineFacts engine = machine.engine(row.engine());
    boolean cpu = engine == null || engine.isOnCpu();
    return model.formatted(Quote.line(row.model()))
        + ROW.formatted(
            cpu ? row.threads() : "-",
            row.batch(),
            row.engine(),
            number("%.1f", row.imagesPerSecond()),
            number("%.2f", row.millis().p50()),
            number("%.2f", row.millis().p90()),
            number("%.2f", row.millis().p99()),
            String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                1 / row.ratioToOurs(),
                1 / row.ratioSpread().getLast(),
                1 / row.ratioSpread().getFirst()),
            number("%.1f", row.gflops()),
            row.shareOfPeak() == null ? "-" : number("%.0f %%", 100 * row.shareOfPeak()),
            row.answer() == null ? "-" : number("%.0e", row.answer().relativeL2()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
