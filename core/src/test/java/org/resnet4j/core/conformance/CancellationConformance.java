package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.RunCancelledException.Reason;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;

/** A run ends within a step of an interrupt or its deadline, and the session serves the next. */
interface CancellationConformance extends Conformance {
  /** Runs that are cancelled. */
  int TRIES = 500;

  /** Images: one for each of two threads, and one for both together. */
  int BATCH = 3;

  private static Graph graph() {
    TestGraph graph = new TestGraph(new Shape(16, 8, 8), Values.REAL, 3);
    int x = graph.conv("first", TestGraph.INPUT, 16, new Window(1, 1, 0));
    int y = graph.conv("second", x, 16, new Window(3, 1, 1));
    int z = graph.conv("third", y, 16, new Window(1, 1, 0), x);
    graph.linear("fc", graph.globalAvgPool("mean", z), 5, true);
    return graph.build();
  }

  private static float[] input() {
    return Values.REAL.inputs(new SplittableRandom(1), BATCH * 16 * 8 * 8);
  }

  private static float[] run(Session session, int batch, Deadline deadline) {
    float[] logits = new float[batch * 5];
    session.run(batch, input(), logits, deadline);
    return logits;
  }

  /** Counts how often a run looks at it, which is before each step, and cancels at one look. */
  final class Clock implements LongSupplier {
    private final @Nullable Thread toInterrupt;
    private final int cancelAt;
    private final AtomicInteger looks = new AtomicInteger(-1); // the deadline's making is none
    private volatile int cancelled;

    private Clock(int cancelAt, @Nullable Thread toInterrupt) {
      this.cancelAt = cancelAt;
      this.cancelled = cancelAt;
      this.toInterrupt = toInterrupt;
    }

    @Override
    public long getAsLong() {
      int look = looks.incrementAndGet();
      if (toInterrupt == null) {
        return look >= cancelAt ? 1 : 0;
      }
      if (look == cancelAt) {
        toInterrupt.interrupt();
        cancelled = looks.get(); // others may have looked while this thread came to it
      }
      return 0;
    }

    private Deadline deadline() {
      return Deadline.after(Duration.ofNanos(1), this);
    }

    private int looksAfter() {
      return looks.get() - cancelled;
    }
  }

  private static int looks(Session session, int batch) {
    Clock clock = new Clock(Integer.MAX_VALUE, null);
    run(session, batch, clock.deadline());
    return clock.looks.get();
  }

  @Test
  default void aRunAsksBeforeEachStep() {
    try (Plan plan = subject().backend().compile(graph());
        Session session = plan.newSession(BATCH)) {
      int least = subject().cancelsWithinAStep() ? plan.steps().size() : 1;
      assertThat(looks(session, 1)).isGreaterThanOrEqualTo(least);
      assertThat(looks(session, BATCH)).isGreaterThanOrEqualTo(least);
    }
  }

  @Test
  default void aCancelledRunEndsWithinAStepAndTheNextIsRight() {
    try (Plan plan = subject().backend().compile(graph());
        Session session = plan.newSession(BATCH)) {
      float[] expected = run(session, BATCH, Deadline.NONE);
      int looks = looks(session, BATCH);
      SplittableRandom random = new SplittableRandom(23);
      int most = 0;
      int cancelled = 0;
      for (int i = 0; i < TRIES; i++) {
        boolean interrupt = random.nextBoolean();
        Thread caller = Thread.currentThread();
        Clock clock = new Clock(random.nextInt(looks) + 1, interrupt ? caller : null);
        try {
          // An interrupt in the last step may come too late.
          Subject.assertSameBits("late", run(session, BATCH, clock.deadline()), expected);
          assertThat(interrupt).isTrue();
        } catch (RunCancelledException e) {
          cancelled++;
          assertThat(e.reason()).isEqualTo(interrupt ? Reason.INTERRUPTED : Reason.DEADLINE_PASSED);
        }
        assertThat(Thread.interrupted()).isEqualTo(interrupt);
        most = Math.max(most, clock.looksAfter());
        Subject.assertSameBits("next", run(session, BATCH, Deadline.NONE), expected);
      }
      // The other thread may look once more.
      assertThat(most).isLessThan(Subject.THREADS);
      assertThat(cancelled).isGreaterThan(TRIES / 4);
      System.out.printf(
          "R23: %d runs, %d cancelled, %d more steps begun at most, next results right (%s)%n",
          TRIES, cancelled, most, subject().backend().device());
    }
  }

  @Test
  default void whatIsCancelledBeforehandDoesNotRun() {
    try (Plan plan = subject().backend().compile(graph());
        Session session = plan.newSession(1)) {
      assertThatThrownBy(() -> run(session, 1, Deadline.after(Duration.ZERO)))
          .isInstanceOf(RunCancelledException.class)
          .hasMessageContaining("deadline");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> run(session, 1, Deadline.NONE))
          .isInstanceOf(RunCancelledException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(run(session, 1, Deadline.after(Duration.ofDays(1_000_000)))).hasSize(5);
    }
  }

  /** A caller near the end of its stack gets an error, and the session goes on. */
  @Test
  default void aStackThatEndsInARunLeavesTheSessionUsable() throws Exception {
    try (Plan plan = subject().backend().compile(graph());
        Session session = plan.newSession(BATCH)) {
      float[] expected = run(session, BATCH, Deadline.NONE);
      run(session, BATCH, Deadline.NONE);
      int overflows = DeepCalls.at(() -> session.run(BATCH, input(), new float[BATCH * 5]));
      Subject.assertSameBits("after", run(session, BATCH, Deadline.NONE), expected);
      assertThat(overflows).isPositive();
    }
  }
}
