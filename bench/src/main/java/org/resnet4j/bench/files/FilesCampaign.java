package org.resnet4j.bench.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.SubjectArguments;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.output.Ledger;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TimeBar;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;

/**
 * All of {@code bench --files}: one configuration after the other.
 *
 * @param machine and engines
 * @param contest the engines, and what they are given
 * @param models the networks
 * @param threads of the CPU, one configuration each
 * @param batches pictures that run at once, one configuration each
 * @param loads percent of our capacity to be sent by callers who wait for nobody; empty for none
 * @param http whether they are sent over HTTP, too
 */
public record FilesCampaign(
    MachineFacts machine,
    FilesContest contest,
    SubjectArguments.Models models,
    List<Integer> threads,
    List<Integer> batches,
    List<Integer> loads,
    boolean http) {
  private record Cell(String model, int threads, int batch) {
    String describe() {
      return String.format(Locale.ROOT, "%s, batch %d, %d threads", model, batch, threads);
    }
  }

  /** Copies the lists. */
  public FilesCampaign {
    threads = List.copyOf(threads);
    batches = List.copyOf(batches);
    loads = List.copyOf(loads);
  }

  /**
   * Measures, prints and writes.
   *
   * @param place what the pictures were named by
   * @param copies files that hold the results
   * @return whether all engines agreed and had the memory that they need
   * @throws CommandException if there is too little memory for the only configuration
   */
  public boolean run(Terminal terminal, String place, List<Ledger.Copy<FilesResults>> copies)
      throws IOException, CommandException {
    List<Cell> cells = cells();
    double all = 0;
    for (Cell cell : cells) {
      all += expectedSeconds(cell);
    }
    FilesReport report = new FilesReport(terminal.out(), models.names());
    boolean complete = true;
    try (Ledger<FilesResults> ledger =
            new Ledger<>(FilesResults.of(machine, contest.pictures()), copies);
        TimeBar bar = new TimeBar(terminal, all)) {
      report.begin(
          place,
          contest.pictures(),
          contest.decoding().jpegCodec().describe(),
          cells.size(),
          contest.entrants().size(),
          all);
      show(terminal, copies);
      PretrainedModel loaded = null;
      double begun = 0;
      for (Cell cell : cells) {
        if (loaded == null || !loaded.name().equals(cell.model())) {
          loaded = null; // before the next one takes its memory
          loaded = models.all().apply(cell.model());
        }
        double[] done = {begun};
        begun += expectedSeconds(cell);
        bar.show(cell.describe(), done[0]);
        try {
          List<FilesRow> rows =
              contest.run(
                  loaded,
                  cell.threads(),
                  cell.batch(),
                  seconds -> bar.show(cell.describe(), done[0] += seconds));
          ledger.update(results -> results.plus(rows));
          bar.clear();
          report.add(rows);
          show(terminal, copies);
          if (!loads.isEmpty()) {
            report.beginLoads();
            contest.underLoad(
                loaded,
                cell.threads(),
                cell.batch(),
                loads,
                fronts(),
                row -> {
                  ledger.update(results -> results.plus(row));
                  report.add(row);
                  show(terminal, copies);
                });
            report.endLoads();
          }
        } catch (WrongAnswerException e) {
          complete = false;
          fail(terminal, bar, ledger, String.valueOf(e.getMessage()));
        } catch (InsufficientMemoryException e) {
          if (cells.size() == 1) {
            throw new Workload(models.outlines().apply(cell.model()), cell.batch(), false)
                .refused(e);
          }
          complete = false;
          fail(terminal, bar, ledger, cell.describe() + ": " + e.getMessage());
        } catch (OutOfMemoryError e) {
          if (cells.size() == 1) {
            throw e;
          }
          complete = false;
          fail(terminal, bar, ledger, cell.describe() + ": " + Failures.line(e));
        }
      }
    }
    return complete;
  }

  /** One configuration lacks; that nothing may have been measured is a result, too. */
  private static void fail(Terminal terminal, TimeBar bar, Ledger<FilesResults> ledger, String line)
      throws IOException {
    ledger.update(results -> results);
    bar.clear();
    terminal.err().println("resnet4j: " + Quote.oneLine(line));
  }

  private List<Front.Kind> fronts() {
    return http ? List.of(Front.Kind.values()) : List.of(Front.Kind.LIBRARY);
  }

  private double expectedSeconds(Cell cell) {
    return contest.expectedSeconds(cell.batch(), loads.size() * fronts().size());
  }

  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (String name : models.names()) {
      for (int count : threads) {
        for (int batch : batches) {
          cells.add(new Cell(name, count, batch));
        }
      }
    }
    return cells;
  }

  /** Results that go to a file need no reader. */
  private static void show(Terminal terminal, List<?> copies) throws OutputException {
    if (copies.isEmpty()) {
      terminal.flush();
    } else {
      terminal.flushIfRead();
    }
  }
}
