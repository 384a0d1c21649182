package org.resnet4j.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One problem, several engines.
 *
 * @param engines are timed, ours first
 * @param witnesses only say what the answer is
 * @param limit of the relative L2 norm of the difference between two answers
 */
public record Comparison(List<EngineFactory> engines, List<EngineFactory> witnesses, double limit) {
  /** With copies of the lists. */
  public Comparison {
    engines = List.copyOf(engines);
    witnesses = List.copyOf(witnesses);
  }

  /** Of float32 engines. */
  public Comparison(List<EngineFactory> engines) {
    this(engines, List.of(), Answers.LIMIT);
  }

  /**
   * Opens everyone, checks that their answers agree, times the engines and closes them.
   *
   * @return in the engines' order
   * @throws WrongAnswerException if they disagree; nothing was timed then
   * @throws IOException if an engine cannot be opened
   */
  public List<Score> run(Problem problem, Rounds rounds) throws IOException, WrongAnswerException {
    List<Engine> open = new ArrayList<>();
    try {
      open(engines, problem, open);
      hear(problem, open);
      List<RunTimes> times = rounds.measure(open);
      return times.stream()
          .map(engine -> Score.of(engine, times.getFirst(), problem.batch()))
          .toList();
    } finally {
      open.forEach(Engine::close);
    }
  }

  private void hear(Problem problem, List<Engine> engines)
      throws IOException, WrongAnswerException {
    List<Engine> open = new ArrayList<>();
    try {
      open(witnesses, problem, open);
      List<Engine> all = new ArrayList<>(engines);
      all.addAll(open);
      Answers.check(problem.describe(), all, limit);
    } finally {
      open.forEach(Engine::close);
    }
  }

  private static void open(List<EngineFactory> factories, Problem problem, List<Engine> into)
      throws IOException {
    for (EngineFactory factory : factories) {
      into.add(factory.open(problem));
    }
  }
}
