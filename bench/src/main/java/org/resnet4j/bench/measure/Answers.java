package org.resnet4j.bench.measure;

import java.util.List;
import java.util.Locale;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.golden.Metrics;
import org.resnet4j.golden.Verifier;

/** Whoever is timed has to be right. */
public final class Answers {
  /** Relative L2 norm of the difference that two float32 engines may have. */
  static final double LIMIT = limit(Precision.FP32);

  private Answers() {}

  /**
   * The relative L2 norm of the difference that an engine of a precision may have from a float32
   * one: what {@code verify} never lets pass.
   */
  public static double limit(Precision precision) {
    return Verifier.loosestGate(precision);
  }

  /**
   * As {@link #check(String, List, double)}, of float32 engines.
   *
   * @throws WrongAnswerException if they differ by more than 1e-4
   */
  public static void check(String what, List<? extends Engine> engines)
      throws WrongAnswerException {
    check(what, engines, LIMIT);
  }

  /**
   * Runs every engine once and compares its answer with the first one's.
   *
   * @param what names the problem in the message
   * @param limit of the difference's relative L2 norm
   * @throws WrongAnswerException if they differ by more, or the first is not finite
   */
  static void check(String what, List<? extends Engine> engines, double limit)
      throws WrongAnswerException {
    Engine ours = engines.getFirst();
    ours.run();
    float[] expected = ours.answer();
    checkFinite(what, ours.name(), expected);
    for (Engine engine : engines.subList(1, engines.size())) {
      engine.run();
      check(what, engine.name(), relativeL2(engine.answer(), expected), ours.name(), limit);
    }
  }

  /**
   * Compares some of an engine's answers with what they must be.
   *
   * @param what names the problem in the message
   * @param engine names who answered
   * @throws WrongAnswerException if they differ by more than 1e-4 in the relative L2 norm
   */
  public static void check(String what, String engine, float[] actual, double[] exact)
      throws WrongAnswerException {
    check(what, engine, Metrics.of(actual, exact).rr(), "double precision", LIMIT);
  }

  /**
   * What is not finite agrees with everything and is none.
   *
   * @param what names the problem in the message
   * @param engine names who answered
   * @throws WrongAnswerException if a value is NaN or infinite
   */
  public static void checkFinite(String what, String engine, float[] answer)
      throws WrongAnswerException {
    for (int i = 0; i < answer.length; i++) {
      if (!Float.isFinite(answer[i])) {
        throw new WrongAnswerException(
            "%s: the answer of %s is not finite (value %s is %s); check the weights; not timed"
                .formatted(what, engine, i, answer[i]));
      }
    }
  }

  /**
   * Compares an engine's answer with another's.
   *
   * @param what names the problem in the message
   * @param engine names who answered
   * @param with names who answered {@code expected}
   * @param limit of the difference
   * @return the relative L2 norm of the difference
   * @throws WrongAnswerException if it exceeds the limit
   */
  public static double check(
      String what, String engine, float[] actual, float[] expected, String with, double limit)
      throws WrongAnswerException {
    double difference = relativeL2(actual, expected);
    check(what, engine, difference, with, limit);
    return difference;
  }

  private static void check(
      String what, String engine, double difference, String with, double limit)
      throws WrongAnswerException {
    if (!(difference <= limit)) {
      throw new WrongAnswerException(
          String.format(
              Locale.ROOT,
              "%s: %s and %s disagree: relative L2 difference %.2e, allowed %.0e; not timed",
              what,
              engine,
              with,
              difference,
              limit));
    }
  }

  /** Infinite if the lengths differ or a value is no number in one of them only. */
  static double relativeL2(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double[] exact = new double[expected.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = expected[i];
    }
    return Metrics.of(actual, exact).rr();
  }
}
