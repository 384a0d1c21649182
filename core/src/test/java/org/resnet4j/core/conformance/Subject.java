package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;

/** The backend under test, with what may be expected of it. */
final class Subject implements AutoCloseable {
  static final int THREADS = 2;

  private final IntFunction<Backend> opener;
  private final Backend backend;
  private final Tolerance real;
  private final Function<List<StepInfo>, Tolerance> integers;
  private final boolean deterministic;
  private final boolean cancelsWithinAStep;

  Subject(
      IntFunction<Backend> opener,
      Tolerance real,
      Function<List<StepInfo>, Tolerance> integers,
      boolean deterministic,
      boolean cancelsWithinAStep) {
    this.opener = opener;
    this.backend = opener.apply(THREADS);
    this.real = real;
    this.integers = integers;
    this.deterministic = deterministic;
    this.cancelsWithinAStep = cancelsWithinAStep;
  }

  /** The backend most tests share; they never close it. */
  Backend backend() {
    return backend;
  }

  /** A backend of the test's own. */
  Backend open(int threads) {
    return opener.apply(threads);
  }

  boolean deterministic() {
    return deterministic;
  }

  boolean cancelsWithinAStep() {
    return cancelsWithinAStep;
  }

  Tolerance real() {
    return real;
  }

  /** Asserts that the backend computes what the reference does; {@code key} names the data too. */
  void agrees(String key, Graph graph, Values values, int batch, float[] input) {
    float[] expected = Oracle.result(values + " " + key, () -> Oracle.run(graph, batch, input));
    try (Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch)) {
      assertThat(plan.inputShape()).isEqualTo(graph.inputShape());
      assertThat(plan.outputShape()).isEqualTo(graph.output().shape());
      float[] actual = Runs.run(session, plan, batch, input, null);
      Tolerance tolerance = values == Values.REAL ? real : integers.apply(plan.steps());
      assertWithin(tolerance.forGraph(graph), key, actual, expected);
    }
  }

  static void assertWithin(Tolerance gates, String what, float[] actual, float[] expected) {
    Difference difference = Difference.between(actual, expected);
    assertThat(gates.accepts(difference))
        .as(() -> what + ": " + difference.describe(actual, expected, gates))
        .isTrue();
  }

  /** Asserts equality of every bit, the sign of zero included. */
  static void assertSameBits(String what, float[] actual, float[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(expected[i])) {
        throw new AssertionError(
            String.format(
                "%s: value %d of %d is %s (%08x), expected %s (%08x)",
                what,
                i,
                actual.length,
                actual[i],
                Float.floatToRawIntBits(actual[i]),
                expected[i],
                Float.floatToRawIntBits(expected[i])));
      }
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
