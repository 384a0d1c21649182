package org.resnet4j.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One problem, several engines. */
public final class Comparison {
  private Comparison() {}

  /**
   * Opens every engine, checks that their answers agree, times them and closes them.
   *
   * @param factories ours first
   * @return in the factories' order
   * @throws WrongAnswerException if they disagree; nothing was timed then
   * @throws IOException if an engine cannot be opened
   */
  public static List<Score> run(List<EngineFactory> factories, Problem problem, Rounds rounds)
      throws IOException, WrongAnswerException {
    List<Engine> engines = new ArrayList<>();
    try {
      for (EngineFactory factory : factories) {
        engines.add(factory.open(problem));
      }
      Answers.check(problem.describe(), engines);
      List<RunTimes> times = rounds.measure(engines);
      return times.stream()
          .map(engine -> Score.of(engine, times.getFirst(), problem.batch()))
          .toList();
    } finally {
      engines.forEach(Engine::close);
    }
  }
}
