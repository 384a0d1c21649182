package org.resnet4j.bench.run;

import java.util.List;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.RunProgress;

/**
 * How long a comparison will take, as far as that can be known before.
 *
 * @param cells in their order
 * @param engines that are timed in each
 * @param protocol how
 * @param peakGflopsPerThread of the CPU
 */
public record Schedule(
    List<Cell> cells, List<EngineFacts> engines, Protocol protocol, double peakGflopsPerThread) {
  /** How far one engine is from the truth. */
  static final double ACCURACY_SECONDS = 1.5;

  /** Where one engine's time goes. */
  static final double PROFILE_SECONDS = 5;

  /** Opening, comparing answers, and the pauses between turns. */
  private static final double BESIDES_SECONDS = 1.5;

  /** Runs of a warm-up at least. */
  private static final int WARM_UP_RUNS = 10;

  /** Runs of a turn at least: two that are not timed, and one. */
  private static final int TURN_RUNS = 3;

  /** What engines reach of the peak, all of them together, as a rule. */
  private static final double OF_PEAK = 0.5;

  /** What warming up takes beyond the time in which an engine must have got no faster. */
  private static final double WARM_UP_AGAIN = 2;

  /** With copies of the lists. */
  public Schedule {
    cells = List.copyOf(cells);
    engines = List.copyOf(engines);
  }

  /** The networks, each once. */
  public List<Subject> subjects() {
    return cells.stream().map(Cell::subject).distinct().toList();
  }

  /** Of everything: the configurations, and each network's accuracy and layers. */
  public double seconds() {
    return secondsOfCells() + subjects().stream().mapToDouble(this::besides).sum();
  }

  /** Of the configurations alone. */
  public double secondsOfCells() {
    return cells.stream().mapToDouble(this::seconds).sum();
  }

  /**
   * How far a run came.
   *
   * @param done configurations
   * @param expected seconds of what was planned
   * @param took seconds until then
   */
  public RunProgress progress(int done, double expected, double took) {
    return new RunProgress(cells.size(), done, expected, took, protocol.seconds());
  }

  /** Of a network's accuracy and layers. */
  private double besides(Subject subject) {
    long batches =
        cells.stream()
            .filter(cell -> cell.subject().equals(subject))
            .map(Cell::batch)
            .distinct()
            .count();
    double profiles =
        engines.stream()
            .mapToDouble(engine ->
                switch (engine.kind()) {
                  case PEER -> 0;
                  case CPU -> 1;
                  case GPU, EMULATOR -> batches;
                })
            .sum();
    return engines.size() * ACCURACY_SECONDS + profiles * PROFILE_SECONDS;
  }

  /** Of one cell, all engines. */
  public double seconds(Cell cell) {
    return engines.stream().mapToDouble(engine -> seconds(cell, engine)).sum();
  }

  private double seconds(Cell cell, EngineFacts engine) {
    double run = engine.isOnCpu() ? runSeconds(cell) : 0;
    double warmUp = Math.max(WARM_UP_AGAIN * protocol.warmUpSeconds(), WARM_UP_RUNS * run);
    double timed =
        Math.max(
            protocol.seconds() + (TURN_RUNS - 1) * run * protocol.rounds(),
            TURN_RUNS * run * protocol.rounds());
    return BESIDES_SECONDS + warmUp + timed;
  }

  private double runSeconds(Cell cell) {
    double operations = 2.0 * cell.subject().outline().multiplyAdds() * cell.batch();
    return operations / (OF_PEAK * peakGflopsPerThread * 1e9 * cell.threads());
  }
}
