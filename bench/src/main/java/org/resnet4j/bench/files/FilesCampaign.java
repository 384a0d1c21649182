package org.resnet4j.bench.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.run.Ledger;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TimeBar;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;

/**
 * All of {@code bench --files}: one configuration after the other.
 *
 * @param machine and engines
 * @param contest the engines, and what they are given
 * @param models names of the networks
 * @param model makes one
 * @param threads of the CPU, one configuration each
 * @param batches pictures that run at once, one configuration each
 * @param loads percent of our capacity to be sent by callers who wait for nobody; empty for none
 */
public record FilesCampaign(
    MachineFacts machine,
    FilesContest contest,
    List<String> models,
    Function<String, PretrainedModel> model,
    List<Integer> threads,
    List<Integer> batches,
    List<Integer> loads) {
  private record Cell(String model, int threads, int batch) {
    String describe() {
      return String.format(Locale.ROOT, "%s, batch %d, %d threads", model, batch, threads);
    }
  }

  /** Copies the lists. */
  public FilesCampaign {
    models = List.copyOf(models);
    threads = List.copyOf(threads);
    batches = List.copyOf(batches);
    loads = List.copyOf(loads);
  }

  /**
   * Measures, prints and writes.
   *
   * @param place what the pictures were named by
   * @param copies files that hold the results
   * @return whether all engines agreed
   */
  public boolean run(Terminal terminal, String place, List<Ledger.Copy<FilesResults>> copies)
      throws IOException {
    List<Cell> cells = cells();
    double each = contest.expectedSeconds(loads.size());
    FilesReport report = new FilesReport(terminal.out(), models);
    boolean agreed = true;
    try (Ledger<FilesResults> ledger =
            new Ledger<>(FilesResults.of(machine, contest.pictures()), copies);
        TimeBar bar = new TimeBar(terminal, each * cells.size())) {
      report.begin(
          place,
          contest.pictures(),
          contest.decoding().jpegCodec().describe(),
          cells.size(),
          contest.entrants().size(),
          each * cells.size());
      show(terminal, copies);
      PretrainedModel loaded = null;
      for (int i = 0; i < cells.size(); i++) {
        Cell cell = cells.get(i);
        if (loaded == null || !loaded.name().equals(cell.model())) {
          loaded = null; // before the next one takes its memory
          loaded = model.apply(cell.model());
        }
        double[] done = {i * each};
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
            List<LoadRow> met = contest.underLoad(loaded, cell.threads(), cell.batch(), loads);
            ledger.update(results -> results.plusLoads(met));
            report.addLoads(met);
            show(terminal, copies);
          }
        } catch (WrongAnswerException e) {
          agreed = false;
          bar.clear();
          terminal.err().println("resnet4j: " + Quote.oneLine(String.valueOf(e.getMessage())));
        }
      }
    }
    return agreed;
  }

  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (String name : models) {
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
