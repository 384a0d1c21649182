package org.resnet4j.bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Comparison;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.output.Ledger;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.result.RunProgress;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.graph.Graph;

/**
 * A whole comparison: network by network how far each engine is from the truth, each
 * configuration's times, and where our engines' time goes. Whatever is found is kept at once, and
 * whoever falls out is no reason to stop.
 */
public final class CompareCampaign {
  /** Timed for a profile, beside the warm-up. */
  private static final double MAX_PROFILE_SECONDS = 1.5;

  /** Hears what is found. */
  public interface Watcher {
    /**
     * Work goes on.
     *
     * @param what is being done
     * @param done how many of the schedule's seconds
     */
    void at(String what, double done);

    /** A configuration has been timed. */
    void timed(List<Row> rows) throws IOException;

    /** Somebody has fallen out. */
    void lacks(Missing what);
  }

  private final Lineup lineup;
  private final Schedule schedule;
  private final boolean generated;
  private final Ledger<Results> ledger;
  private final Watcher watcher;
  private final Contest contest;
  private final Networks networks = new Networks();
  private final long start = System.nanoTime();
  private double reached;
  private int cellsDone;

  /**
   * A campaign that has not begun.
   *
   * @param generated whether the weights are
   * @param witnesses who only say what the answer is
   */
  public CompareCampaign(
      Lineup lineup,
      Schedule schedule,
      boolean generated,
      List<EngineFactory> witnesses,
      Ledger<Results> ledger,
      Watcher watcher) {
    this.lineup = lineup;
    this.schedule = schedule;
    this.generated = generated;
    this.ledger = ledger;
    this.watcher = watcher;
    this.contest =
        new Contest(
            new Comparison(lineup.engines(), witnesses),
            schedule.protocol(),
            ledger.results().machine());
  }

  /** Measures everything; whether nobody fell out. */
  public boolean run() throws IOException {
    note(results -> results);
    for (Missing missing : lineup.missing()) {
      note(results -> results.plus(missing));
    }
    for (Subject subject : schedule.subjects()) {
      judge(subject);
      for (Cell cell : schedule.cells()) {
        if (cell.subject().equals(subject)) {
          time(cell);
        }
      }
      look(subject);
    }
    return ledger.results().missing().size() == lineup.missing().size();
  }

  /** How far each engine is from the truth. */
  private void judge(Subject subject) throws IOException {
    int threads = schedule.cells().getFirst().threads();
    watcher.at(subject.name() + ": accuracy", reached);
    Truth truth;
    try {
      truth = Truth.of(subject, generated, threads);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      add(missing(null, subject, e));
      return;
    }
    for (EngineFactory engine : lineup.engines()) {
      try {
        var accuracy = truth.of(engine);
        note(results -> results.plus(accuracy));
      } catch (IOException | RuntimeException e) {
        add(missing(engine.name(), subject, e));
      }
      advance(subject.name() + ": accuracy", Schedule.ACCURACY_SECONDS);
    }
  }

  private void time(Cell cell) throws IOException {
    double seconds = schedule.seconds(cell);
    double begun = reached;
    double turn = seconds / contest.turns();
    try {
      Graph network = networks.fused(cell.subject());
      List<Row> rows =
          contest.run(
              cell,
              network,
              () -> advance(cell.describe(), turn),
              (engine, cause) -> add(Lineup.missing(engine, cell, cause)));
      cellsDone++;
      note(results -> results.plus(rows));
      watcher.timed(rows);
    } catch (WrongAnswerException e) {
      throw new IllegalStateException("nobody ends a comparison here", e);
    } catch (OutOfMemoryError e) {
      cellsDone++;
      add(Lineup.missing(null, cell, e));
    }
    reached = begun + seconds;
  }

  /** Where our engines' time goes: on the CPU one batch, elsewhere all, whose copies count. */
  private void look(Subject subject) throws IOException {
    List<Cell> cells =
        schedule.cells().stream().filter(cell -> cell.subject().equals(subject)).toList();
    int threads = cells.stream().mapToInt(Cell::threads).max().orElseThrow();
    List<Integer> batches = cells.stream().map(Cell::batch).distinct().sorted().toList();
    for (BackendEngines engine : lineup.ours()) {
      EngineFacts facts = ledger.results().machine().engine(engine.name());
      boolean onCpu = facts == null || facts.isOnCpu();
      for (int batch : onCpu ? batches.subList(0, 1) : batches) {
        watcher.at(subject.name() + ": layers", reached);
        try {
          LayerProfile profile = profile(engine, facts, new Cell(subject, threads, batch));
          note(results -> results.plus(profile));
        } catch (RuntimeException | WrongAnswerException | OutOfMemoryError e) {
          add(Lineup.missing(engine.name(), new Cell(subject, threads, batch), e));
        }
        advance(subject.name() + ": layers", Schedule.PROFILE_SECONDS);
      }
    }
  }

  private LayerProfile profile(BackendEngines engine, @Nullable EngineFacts facts, Cell cell)
      throws WrongAnswerException {
    Problem problem = cell.problem(networks.fused(cell.subject()));
    BackendOptions options = engine.options().withThreads(cell.threads());
    double seconds = Math.min(schedule.protocol().seconds(), MAX_PROFILE_SECONDS);
    Protocol protocol = new Protocol(seconds, schedule.protocol().warmUpSeconds());
    try (Backend backend = Backends.open(engine.backend(), options)) {
      double peak = ledger.results().machine().peakGflopsPerThread();
      String device = facts == null ? backend.device() : facts.device();
      return Layers.take(backend, problem, peak, protocol)
          .result(engine.name(), device, new ArrayList<>());
    }
  }

  private static Missing missing(@Nullable String engine, Subject subject, Throwable cause) {
    Missing all = Lineup.missing(engine, null, cause);
    return new Missing(engine, subject.name(), null, null, all.kind(), all.reason());
  }

  private void add(Missing what) throws IOException {
    note(results -> results.plus(what));
    watcher.lacks(what);
  }

  private void advance(String what, double seconds) {
    reached += seconds;
    watcher.at(what, reached);
  }

  private void note(UnaryOperator<Results> change) throws IOException {
    double took = (System.nanoTime() - start) / 1e9;
    RunProgress progress = schedule.progress(cellsDone, schedule.seconds(), took);
    ledger.update(results -> change.apply(results).withProgress(progress));
  }
}
