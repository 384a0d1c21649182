package org.resnet4j.bench.run;

import java.io.IOException;
import java.util.List;
import org.resnet4j.bench.measure.Clock;
import org.resnet4j.bench.measure.Comparison;
import org.resnet4j.bench.measure.Comparison.Standing;
import org.resnet4j.bench.measure.Faults;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.Rounds;
import org.resnet4j.bench.measure.Score;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Row;
import org.resnet4j.core.graph.Graph;

/**
 * Times engines in one cell after the other.
 *
 * @param comparison the engines
 * @param protocol how long
 * @param machine what is known of them and of the machine
 */
public record Contest(Comparison comparison, Protocol protocol, MachineFacts machine) {
  /**
   * A row for each engine.
   *
   * @param network the cell's, fused
   * @param afterTurn called after each engine's turn
   * @throws WrongAnswerException if {@code faults} does not bear that one answers wrongly
   * @throws IOException if it does not bear that one cannot be opened
   */
  public List<Row> run(Cell cell, Graph network, Runnable afterTurn, Faults faults)
      throws IOException, WrongAnswerException {
    Problem problem = cell.problem(network);
    Rounds rounds = new Rounds(protocol, Clock.SYSTEM, afterTurn);
    return comparison.run(problem, rounds, faults).stream()
        .map(standing -> row(problem, standing))
        .toList();
  }

  /** How often {@code afterTurn} is called in a cell. */
  public int turns() {
    return new Rounds(protocol, Clock.SYSTEM, () -> {}).steps(comparison.engines().size());
  }

  private Row row(Problem problem, Standing standing) {
    Score score = standing.score();
    double gflops = problem.operations() / problem.batch() * score.imagesPerSecond() / 1e9;
    EngineFacts engine = machine.engine(score.engine());
    boolean ofPeak = engine == null || (engine.isOnCpu() && engine.precision().equals("fp32"));
    return new Row(
        problem.model(),
        score.engine(),
        problem.batch(),
        problem.threads(),
        List.of(problem.graph().inputShape().height(), problem.graph().inputShape().width()),
        score.imagesPerSecond(),
        new Row.Latency(score.p50Millis(), score.p90Millis(), score.p99Millis(), score.runs()),
        score.ratioToOurs(),
        List.of(score.lowestRatio(), score.highestRatio()),
        gflops,
        ofPeak ? gflops / (machine.peakGflopsPerThread() * problem.threads()) : null,
        score.rounds(),
        new Row.Answer(standing.with(), standing.difference(), standing.limit()),
        standing.memoryBytes() < 0 ? null : standing.memoryBytes());
  }
}
