package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.ConcurrentUseException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.graph.Graph;

/** Who may call when: one caller at a time, and closing at any moment. */
interface LifecycleConformance extends Conformance {
  /** How long a closing thread gets to do its worst to a run in flight. */
  int CLOSE_MILLIS = 200;

  private static float[] image() {
    NetworkCase network = NetworkCase.tiny();
    return Runs.image(network.input(), 0, (int) network.image().size());
  }

  private Plan compile(Backend backend) {
    return backend.compile(NetworkCase.tiny().graph());
  }

  private float[] expected() {
    return Runs.once(subject().backend(), NetworkCase.tiny().graph(), 1, image());
  }

  @Test
  default void refusesASecondCallerAndFinishesTheFirst() throws Exception {
    try (Plan plan = compile(subject().backend());
        Session session = plan.newSession(1)) {
      Runs.Gate gate = new Runs.Gate();
      FutureTask<float[]> first = Runs.start(() -> Runs.run(session, plan, 1, image(), gate));
      gate.awaitRun();
      try {
        assertThatThrownBy(() -> Runs.run(session, plan, 1, image(), null))
            .isInstanceOf(ConcurrentUseException.class);
      } finally {
        gate.open();
      }
      Subject.assertSameBits("first caller", first.get(), expected());
      Subject.assertSameBits("later", Runs.run(session, plan, 1, image(), null), expected());
    }
  }

  @Test
  default void aClosedSessionRefusesToRun() {
    try (Plan plan = compile(subject().backend())) {
      Session session = plan.newSession(1);
      session.close();
      session.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> Runs.run(session, plan, 1, image(), null))
          .isNotInstanceOf(ConcurrentUseException.class);
    }
  }

  @Test
  default void aSessionClosedDuringItsRunFinishesIt() {
    try (Plan plan = compile(subject().backend())) {
      Session session = plan.newSession(1);
      Probe closing = (_, _, _) -> session.close();
      float[] logits = Runs.run(session, plan, 1, image(), closing);
      Subject.assertSameBits("closed in flight", logits, expected());
      assertThatIllegalStateException()
          .isThrownBy(() -> Runs.run(session, plan, 1, image(), null))
          .isNotInstanceOf(ConcurrentUseException.class);
    }
  }

  @Test
  default void aClosedPlanRefusesNewSessionsAndServesTheOpenOnes() {
    Plan plan = compile(subject().backend());
    try (Session session = plan.newSession(1)) {
      plan.close();
      plan.close();
      assertThatIllegalStateException().isThrownBy(() -> plan.newSession(1));
      Subject.assertSameBits("open", Runs.run(session, plan, 1, image(), null), expected());
    }
  }

  @Test
  default void aPlanClosedDuringARunLetsItFinish() {
    Plan plan = compile(subject().backend());
    try (Session session = plan.newSession(1)) {
      float[] logits = Runs.run(session, plan, 1, image(), (_, _, _) -> plan.close());
      Subject.assertSameBits("plan closed in flight", logits, expected());
    }
  }

  @Test
  default void refusesASessionForNoImages() {
    try (Plan plan = compile(subject().backend())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> plan.newSession(0))
          .withMessageContainingAll("1", "0");
      assertThatIllegalArgumentException().isThrownBy(() -> plan.newSession(-3));
      try (Session session = plan.newSession(2)) {
        assertThat(session.maxBatch()).isEqualTo(2);
      }
    }
  }

  @Test
  default void warmsUpAndGivesTheSameBitsAfterwards() {
    Plan plan = compile(subject().backend());
    try (Session session = plan.newSession(1)) {
      WarmUp warmUp = plan.warmUp(2, Duration.ofMillis(50));
      assertThat(warmUp.runs()).isPositive();
      assertThat(warmUp.took()).isPositive();
      Subject.assertSameBits("warm", Runs.run(session, plan, 1, image(), null), expected());
      assertThatIllegalArgumentException().isThrownBy(() -> plan.warmUp(0, Duration.ofDays(1)));
    }
    plan.close();
    assertThatIllegalStateException().isThrownBy(() -> plan.warmUp(1, Duration.ofDays(1)));
  }

  @Test
  default void aClosedBackendRefusesToRun() {
    Backend backend = subject().open(2);
    try (Plan plan = compile(backend);
        Session session = plan.newSession(1)) {
      Runs.run(session, plan, 1, image(), null);
      backend.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> Runs.run(session, plan, 1, image(), null))
          .isNotInstanceOf(ConcurrentUseException.class);
      assertThatIllegalStateException().isThrownBy(() -> plan.newSession(1));
    }
  }

  @Test
  default void aClosedBackendCompilesNothing() {
    Graph graph = NetworkCase.tiny().graph();
    Backend backend = subject().open(2);
    backend.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.compile(graph))
        .withMessageContaining("closed");
  }

  /** Whether {@code close} waits for the run or not, the run ends as if nothing had happened. */
  @Test
  default void aBackendClosedDuringARunLetsItFinish() throws Exception {
    Backend backend = subject().open(2);
    try (Plan plan = compile(backend);
        Session session = plan.newSession(1)) {
      Runs.Gate gate = new Runs.Gate();
      FutureTask<float[]> run = Runs.start(() -> Runs.run(session, plan, 1, image(), gate));
      gate.awaitRun();
      Thread closer = Thread.ofPlatform().daemon().start(backend::close);
      closer.join(CLOSE_MILLIS); // either it has closed by then or it waits for the run
      gate.open();
      Subject.assertSameBits("backend closed in flight", run.get(), expected());
      closer.join();
      assertThatIllegalStateException().isThrownBy(() -> Runs.run(session, plan, 1, image(), null));
    }
  }

  /** A run that overlaps the close gives its result or a refusal, nothing else. */
  @Test
  default void aBackendClosedUnderLoadEndsEveryRunProperly() throws Exception {
    float[] expected = expected();
    for (int round = 0; round < 10; round++) {
      Backend backend = subject().open(2);
      try (Plan plan = compile(backend)) {
        CountDownLatch running = new CountDownLatch(2);
        List<FutureTask<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 2; caller++) {
          Session session = plan.newSession(1);
          callers.add(
              Runs.start(() -> {
                runUntilRefused(session, plan, expected, running);
                return null;
              }));
        }
        running.await();
        backend.close();
        for (FutureTask<Void> caller : callers) {
          caller.get();
        }
      }
    }
  }

  private static void runUntilRefused(
      Session session, Plan plan, float[] expected, CountDownLatch running) {
    while (true) {
      float[] logits;
      try {
        logits = Runs.run(session, plan, 1, image(), null);
      } catch (IllegalStateException closed) {
        assertThat(closed).isNotInstanceOf(ConcurrentUseException.class);
        session.close();
        return;
      } finally {
        running.countDown();
      }
      Subject.assertSameBits("under load", logits, expected);
    }
  }

  @Test
  default void canBeUsedAgainAfterAnException() {
    try (Plan plan = compile(subject().backend());
        Session session = plan.newSession(1)) {
      Probe failing =
          (_, _, _) -> {
            throw new UnsupportedOperationException("from the probe");
          };
      assertThatThrownBy(() -> Runs.run(session, plan, 1, image(), failing))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("from the probe");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.run(1, new float[1], new float[1]));
      Subject.assertSameBits("next", Runs.run(session, plan, 1, image(), null), expected());
    }
  }
}
