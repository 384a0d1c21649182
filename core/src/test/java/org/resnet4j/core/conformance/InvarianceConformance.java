package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;

/** The same bits however the work is cut, and whatever ran before. */
interface InvarianceConformance extends Conformance {
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#few")
  default void anImageIsTheSameInEverySlotOfABatch(NetworkCase network) {
    assumeDeterministic();
    float[] images = network.input();
    int size = (int) network.image().size();
    int outputs = network.spec().outputs();
    try (Plan plan = subject().backend().compile(network.graph());
        Session one = plan.newSession(1);
        Session five = plan.newSession(5)) {
      for (int batch : new int[] {5, 3}) { // 3 of 5: less than the session was opened for
        float[] logits = Runs.run(five, plan, batch, images, null);
        for (int slot = 0; slot < batch; slot++) {
          float[] alone = Runs.run(one, plan, 1, Runs.image(images, slot, size), null);
          String what = "slot " + slot + " of " + batch;
          Subject.assertSameBits(what, Runs.image(logits, slot, outputs), alone);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#few")
  default void everyNumberOfThreadsGivesTheSameBits(NetworkCase network) {
    assumeDeterministic();
    Graph graph = network.graph();
    for (int batch : new int[] {1, 5}) {
      List<float[]> results = new ArrayList<>();
      for (int threads = 1; threads <= 3; threads++) {
        try (Backend backend = subject().open(threads)) {
          results.add(Runs.once(backend, graph, batch, network.input()));
        }
      }
      Subject.assertSameBits("2 threads, batch " + batch, results.get(1), results.getFirst());
      Subject.assertSameBits("3 threads, batch " + batch, results.get(2), results.getFirst());
    }
  }

  /** A session's second run does not see what its first left behind. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#few")
  default void aUsedSessionGivesTheSameBitsAsAFreshOne(NetworkCase network) {
    float[] images = network.input();
    float[] others = images.clone();
    for (int i = 0; i < others.length; i++) {
      others[i] = 1e3f - 2 * others[i];
    }
    try (Plan plan = subject().backend().compile(network.graph());
        Session session = plan.newSession(network.batch())) {
      float[] fresh = Runs.run(session, plan, 2, images, null);
      float[] other = Runs.run(session, plan, network.batch(), others, null);
      assertThat(Difference.between(Runs.image(other, 0, fresh.length), fresh).differing())
          .isGreaterThan(fresh.length / 2); // a feature may be 0 twice
      Subject.assertSameBits("again", Runs.run(session, plan, 2, images, null), fresh);
    }
  }

  /** Sessions of one plan run side by side: they share weights and threads, and nothing else. */
  @Test
  default void sessionsOfOnePlanDoNotDisturbEachOther() throws Exception {
    NetworkCase network = NetworkCase.few().getFirst();
    int size = (int) network.image().size();
    try (Plan plan = subject().backend().compile(network.graph())) {
      List<float[]> images = new ArrayList<>();
      List<float[]> alone = new ArrayList<>();
      List<FutureTask<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        images.add(Runs.image(network.input(), i, size));
        try (Session session = plan.newSession(1)) {
          alone.add(Runs.run(session, plan, 1, images.get(i), null));
        }
      }
      for (int i = 0; i < 4; i++) {
        callers.add(Runs.start(repeat(plan, images.get(i), alone.get(i))));
      }
      for (FutureTask<Void> caller : callers) {
        caller.get();
      }
    }
  }

  /** Also of several callers at once, whom they are for. */
  @Test
  default void serialSessionsGiveTheBitsOfTheOthers() throws Exception {
    assumeDeterministic();
    NetworkCase network = NetworkCase.few().getLast();
    int batch = network.batch();
    try (Backend backend = subject().open(3);
        Plan plan = backend.compile(network.graph());
        Session together = plan.newSession(batch)) {
      float[] expected = Runs.run(together, plan, batch, network.input(), null);
      List<FutureTask<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        callers.add(
            Runs.start(() -> {
              try (Session own = plan.newSerialSession(batch)) {
                for (int run = 0; run < 5; run++) {
                  float[] results = Runs.run(own, plan, batch, network.input(), null);
                  Subject.assertSameBits("run " + run, results, expected);
                }
              }
              return null;
            }));
      }
      for (FutureTask<Void> caller : callers) {
        caller.get();
      }
    }
  }

  private static Callable<Void> repeat(Plan plan, float[] image, float[] expected) {
    return () -> {
      try (Session session = plan.newSession(1)) {
        for (int run = 0; run < 20; run++) {
          Subject.assertSameBits("run " + run, Runs.run(session, plan, 1, image, null), expected);
        }
      }
      return null;
    };
  }

  private void assumeDeterministic() {
    assumeTrue(subject().deterministic(), "this backend does not promise it");
  }
}
