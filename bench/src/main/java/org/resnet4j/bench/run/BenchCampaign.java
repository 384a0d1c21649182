package org.resnet4j.bench.run;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.Faults;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.output.Ledger;
import org.resnet4j.bench.report.BenchReport;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.result.RunProgress;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TimeBar;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.text.Quote;

/**
 * All of {@code bench}: configuration by configuration, each shown and kept as soon as it is
 * measured. One that fails is no reason to stop.
 */
public final class BenchCampaign {
  private final Schedule schedule;
  private final Contest contest;
  private final BenchReport report;
  private final Ledger<Results> ledger;
  private final Terminal terminal;
  private final TimeBar bar;
  private final boolean read;
  private final Networks networks = new Networks();
  private final long start = System.nanoTime();
  private double reached;
  private int done;
  private boolean agreed = true;

  /**
   * A campaign that has not begun.
   *
   * @param read whether somebody has to read what is printed, as it is not kept elsewhere
   */
  public BenchCampaign(
      Schedule schedule,
      Contest contest,
      BenchReport report,
      Ledger<Results> ledger,
      Terminal terminal,
      TimeBar bar,
      boolean read) {
    this.schedule = schedule;
    this.contest = contest;
    this.report = report;
    this.ledger = ledger;
    this.terminal = terminal;
    this.bar = bar;
    this.read = read;
  }

  /**
   * Measures everything; whether all engines agreed, and nothing fell out.
   *
   * @throws CommandException if the only configuration cannot be measured
   */
  public boolean run() throws IOException, CommandException {
    show();
    for (Cell cell : schedule.cells()) {
      measure(cell);
    }
    bar.clear();
    return agreed;
  }

  private void show() throws OutputException {
    if (read) {
      terminal.flush();
    } else {
      terminal.flushIfRead();
    }
  }

  /** A configuration's rows; where it is the only one its failure is the command's. */
  private void measure(Cell cell) throws IOException, CommandException {
    boolean only = schedule.cells().size() == 1;
    double begun = reached;
    double seconds = schedule.seconds(cell);
    bar.show(cell.describe(), reached);
    try {
      Graph network = networks.fused(cell.subject());
      List<Row> rows =
          contest.run(cell, network, () -> advance(cell, seconds / contest.turns()), Faults.NONE);
      done++;
      note(results -> results.plus(rows)); // before the screen, whose reader may be gone
      bar.clear();
      report.add(rows);
      show();
    } catch (WrongAnswerException e) {
      lacks(cell, e, String.valueOf(e.getMessage()));
    } catch (InsufficientMemoryException e) {
      if (only) {
        throw new Workload(cell.subject(), cell.batch()).refused(e);
      }
      lacks(cell, e, cell.describe() + ": " + e.getMessage());
    } catch (OutOfMemoryError e) {
      if (only) {
        throw e;
      }
      lacks(cell, e, cell.describe() + ": " + Failures.line(e));
    }
    reached = begun + seconds;
  }

  /** Another configuration may do. */
  private void lacks(Cell cell, Throwable cause, String line) throws IOException {
    agreed = false;
    done++;
    note(results -> results.plus(Lineup.missing(null, cell, cause)));
    bar.clear();
    terminal.err().println("resnet4j: " + Quote.oneLine(line));
  }

  private void advance(Cell cell, double seconds) {
    reached += seconds;
    bar.show(cell.describe(), reached);
  }

  private void note(UnaryOperator<Results> change) throws IOException {
    ledger.update(results -> change.apply(results).withProgress(progress()));
  }

  private RunProgress progress() {
    double seconds = (System.nanoTime() - start) / 1e9;
    return schedule.progress(done, schedule.secondsOfCells(), seconds);
  }
}
