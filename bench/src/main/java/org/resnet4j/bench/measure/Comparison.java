package org.resnet4j.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One problem, several engines.
 *
 * @param engines are timed, ours first
 * @param witnesses only say what the answer is; the first of them decides, if there is one, and
 *     else the first engine
 */
public record Comparison(List<EngineFactory> engines, List<EngineFactory> witnesses) {
  /** With copies of the lists. */
  public Comparison {
    engines = List.copyOf(engines);
    witnesses = List.copyOf(witnesses);
  }

  /** Without witnesses. */
  public Comparison(List<EngineFactory> engines) {
    this(engines, List.of());
  }

  /**
   * Whoever was timed.
   *
   * @param score its times, beside those of the first that was timed
   * @param with whose answer its own was compared with; its own name of whoever decided
   * @param difference relative L2 norm
   * @param limit of the difference
   * @param memoryBytes that it took when it was opened and first run; negative if unknown
   */
  public record Standing(
      Score score, String with, double difference, double limit, long memoryBytes) {}

  /** As {@link #run(Problem, Rounds, Faults)}, ended by the first fault. */
  public List<Standing> run(Problem problem, Rounds rounds)
      throws IOException, WrongAnswerException {
    return run(problem, rounds, Faults.NONE);
  }

  /**
   * Opens everyone, checks that their answers agree, times the engines and closes them. Whoever
   * cannot be opened, fails or gives another answer is no part of what follows.
   *
   * @param faults is told of them
   * @return in the engines' order
   * @throws WrongAnswerException if {@code faults} does not bear that one answers wrongly
   * @throws IOException if it does not bear that one cannot be opened
   */
  public List<Standing> run(Problem problem, Rounds rounds, Faults faults)
      throws IOException, WrongAnswerException {
    List<Contender> open = new ArrayList<>();
    try {
      Truth truth = testimony(problem, faults);
      for (EngineFactory factory : engines) {
        Contender contender = admit(factory, problem, truth, faults);
        if (contender != null) {
          open.add(contender);
          truth = truth == null ? contender.truth() : truth;
        }
      }
      return time(open, problem, rounds, faults);
    } finally {
      open.forEach(Contender::close);
    }
  }

  private static List<Standing> time(
      List<Contender> open, Problem problem, Rounds rounds, Faults faults)
      throws IOException, WrongAnswerException {
    List<Rounds.Attempt> attempts = rounds.attempt(open.stream().map(Contender::engine).toList());
    List<Standing> standings = new ArrayList<>();
    RunTimes first = null;
    for (int i = 0; i < open.size(); i++) {
      RunTimes times = attempts.get(i).times();
      RuntimeException failure = attempts.get(i).failure();
      if (failure != null) {
        faults.report(times.engine(), failure);
      } else {
        first = first == null ? times : first;
        standings.add(open.get(i).standing(Score.of(times, first, problem.batch())));
      }
    }
    return standings;
  }

  /** What the first witness says that can be heard; null without one. */
  private @Nullable Truth testimony(Problem problem, Faults faults)
      throws IOException, WrongAnswerException {
    for (EngineFactory witness : witnesses) {
      try (Engine engine = witness.open(problem)) {
        engine.run();
        Truth truth = new Truth(engine.name(), engine.answer(), witness.limit());
        Answers.checkFinite(problem.describe(), engine.name(), truth.answer());
        return truth;
      } catch (IOException | WrongAnswerException | RuntimeException e) {
        faults.report(witness.name(), e);
      }
    }
    return null;
  }

  private static @Nullable Contender admit(
      EngineFactory factory, Problem problem, @Nullable Truth truth, Faults faults)
      throws IOException, WrongAnswerException {
    Engine engine = null;
    try {
      Footprint before = Footprint.take();
      engine = factory.open(problem);
      engine.run();
      long bytes = Footprint.take().minus(before);
      float[] answer = engine.answer();
      if (truth == null) {
        Answers.checkFinite(problem.describe(), engine.name(), answer);
        return new Contender(engine, answer, engine.name(), 0, factory.limit(), bytes);
      }
      double limit = Math.max(factory.limit(), truth.limit());
      double difference =
          Answers.check(
              problem.describe(), engine.name(), answer, truth.answer(), truth.name(), limit);
      return new Contender(engine, answer, truth.name(), difference, limit, bytes);
    } catch (IOException | WrongAnswerException | RuntimeException e) {
      if (engine != null) {
        engine.close();
      }
      faults.report(factory.name(), e);
      return null;
    } catch (Error e) {
      if (engine != null) {
        engine.close();
      }
      throw e;
    }
  }

  /**
   * An answer that others are held to.
   *
   * @param name whose it is
   * @param answer the logits
   * @param limit of the precision in which it was computed
   */
  private record Truth(String name, float[] answer, double limit) {}

  /**
   * Whoever is timed.
   *
   * @param engine open, and right
   * @param answer its logits
   * @param with whose answer they were compared with
   * @param difference relative L2 norm
   * @param limit of the difference
   * @param memoryBytes that it took; negative if unknown
   */
  private record Contender(
      Engine engine, float[] answer, String with, double difference, double limit, long memoryBytes)
      implements AutoCloseable {
    Truth truth() {
      return new Truth(engine.name(), answer, limit);
    }

    Standing standing(Score score) {
      return new Standing(score, with, difference, limit, memoryBytes);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
