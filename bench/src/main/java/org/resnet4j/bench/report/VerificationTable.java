package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.text.Quote;
import org.resnet4j.golden.Agreement;
import org.resnet4j.golden.CaseResult;
import org.resnet4j.golden.Stage;
import org.resnet4j.golden.StageResult;

/** What {@code verify} prints for people: a line for each case as soon as it is done. */
public final class VerificationTable implements VerificationReport {
  private static final int CELL = 8;

  private final PrintStream out;
  private final boolean colour;
  private final BackendArguments.Choice choice;
  private final int nameColumn;
  private final long start = System.nanoTime();

  public VerificationTable(Terminal terminal, BackendArguments.Choice choice, List<String> names) {
    this.out = terminal.out();
    this.colour = terminal.features().colour();
    this.choice = choice;
    this.nameColumn = names.stream().mapToInt(name -> Quote.oneLine(name).length()).max().orElse(0);
  }

  @Override
  public void begin() {
    out.println("device   " + choice.device());
    if (choice.automatic()) {
      out.println("         chosen by --backend auto" + (choice.passedOver().isEmpty() ? "" : ":"));
      choice.passedOver().forEach(reason -> out.println("         no " + reason));
    }
    if (choice.precision() == Precision.FP32) {
      out.println(
          "numbers  the error against float64 in units of PyTorch's own float32 error (1.00: as");
      out.println("         exact), or where that is unknown the relative error itself (2e-07)");
    } else {
      out.println(
          "numbers  the error against float64 in units of what rounding to "
              + choice.precision()
              + " costs (1.00: no more");
      out.println(
          "         than that), or where that is unknown the relative error itself (2e-03)");
    }
    out.println();
    StringBuilder line = new StringBuilder(" ".repeat(nameColumn));
    for (Stage stage : Stage.values()) {
      line.append(right(stage.label()));
    }
    out.println(line.append("  verdict"));
  }

  @Override
  public void add(CaseResult result) {
    StringBuilder line = new StringBuilder(Quote.oneLine(result.name()));
    line.append(" ".repeat(Math.max(0, nameColumn - line.length())));
    for (Stage stage : Stage.values()) {
      line.append(
          right(
              result.stages().stream()
                  .filter(compared -> compared.name().equals(stage.label()))
                  .findFirst()
                  .map(VerificationTable::cell)
                  .orElse("-")));
    }
    String verdict =
        result.passed() ? paint("passed", 32) + ", " + load(result.worst()) : paint("FAILED", 31);
    out.println(line + "  " + verdict);
    if (!result.passed()) {
      explain(result);
    }
  }

  @Override
  public void failed(String name, String why) {
    String shown = Quote.oneLine(name);
    String column = shown + " ".repeat(Math.max(0, nameColumn - shown.length()));
    out.println(column + "  " + paint("FAILED", 31) + ", could not be run");
    out.println("  " + why);
  }

  private void explain(CaseResult result) {
    result
        .firstBadStage()
        .ifPresent(stage ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "  first bad stage  %s: %s (relative error %.1e, gate %.1e)",
                    stage.name(),
                    stage.note(),
                    stage.rr(),
                    stage.gate())));
    out.println(
        "  first bad layer  "
            + (result.firstBadLayer() == null ? "none" : result.firstBadLayer())
            + ": "
            + result.diagnosis());
    if (result.top1() != Agreement.AGREES || result.top5() != Agreement.AGREES) {
      out.println(
          "  best classes     top-1 %s, top-5 %s"
              .formatted(result.top1().label(), result.top5().label()));
    }
  }

  @Override
  public void end(List<Outcome> outcomes) {
    List<String> failed =
        outcomes.stream().filter(outcome -> !outcome.passed()).map(Outcome::name).toList();
    out.println();
    String seconds =
        String.format(Locale.ROOT, " on %s in %.1f s", choice.backend().name(), seconds());
    if (failed.isEmpty()) {
      out.println(
          outcomes.size() == 1
              ? "the case passed" + seconds
              : "all " + outcomes.size() + " cases passed" + seconds);
    } else {
      out.println(
          "%s of %s cases FAILED%s: %s"
              .formatted(
                  failed.size(),
                  outcomes.size(),
                  seconds,
                  Quote.oneLine(String.join(", ", failed))));
    }
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Such as {@code "at most 38 % of a gate (layer3)"}. */
  private static String load(StageResult worst) {
    return String.format(
        Locale.ROOT,
        "at most %.0f %% of a gate (%s)",
        100 * worst.load(),
        Quote.line(worst.name()));
  }

  private static String cell(StageResult stage) {
    double shown = Double.isNaN(stage.eRef()) ? stage.rr() : stage.ratio();
    if (!Double.isFinite(shown)) {
      return "wrong";
    }
    boolean plain = !Double.isNaN(stage.eRef()) && shown < 1000;
    return String.format(Locale.ROOT, plain ? "%.2f" : "%.0e", shown);
  }

  private static String right(String text) {
    return " ".repeat(Math.max(1, CELL - text.length())) + text;
  }

  private String paint(String text, int code) {
    return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
