package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;

/** What a plan says about itself, and what a probe sees of a run. */
interface ProbeConformance extends Conformance {
  /** One call of a probe; the copy shows whether the backend wrote to the array afterwards. */
  record Observation(StepInfo step, int image, float[] values, float[] copy, Thread thread) {}

  private List<Observation> observe(Graph graph, int batch, float[] input) {
    List<Observation> seen = new ArrayList<>();
    Runs.probed(
        subject().backend(),
        graph,
        batch,
        input,
        (step, image, values) ->
            seen.add(new Observation(step, image, values, values.clone(), Thread.currentThread())));
    return seen;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#few")
  default void stepsDescribeTheGraph(NetworkCase network) {
    Graph graph = network.graph();
    try (Plan plan = subject().backend().compile(graph)) {
      assertThat(plan.steps()).isNotEmpty();
      for (StepInfo step : plan.steps()) {
        assertThat(step.shape()).as(step.node()).isEqualTo(graph.node(step.node()).shape());
        assertThat(step.kernel()).as(step.node()).isNotBlank();
        assertThat(step.weightBytes()).as(step.node()).isNotNegative();
        assertThat(step.activationBytes()).as(step.node()).isNotNegative();
      }
      assertThat(plan.steps().stream().mapToLong(StepInfo::multiplyAdds).sum())
          .isEqualTo(graph.multiplyAdds());
    }
  }

  @Test
  default void aProbeSeesEveryStepOfEveryImageInOrder() {
    NetworkCase network = NetworkCase.tiny();
    Graph graph = network.graph();
    List<Observation> seen = observe(graph, network.batch(), network.input());
    List<String> order = new ArrayList<>();
    try (Plan plan = subject().backend().compile(graph)) {
      for (StepInfo step : plan.steps()) {
        for (int image = 0; image < network.batch(); image++) {
          order.add(step + " " + image);
        }
      }
    }
    assertThat(seen.stream().map(o -> o.step() + " " + o.image()).toList()).isEqualTo(order);
    for (Observation observation : seen) {
      String what = observation.step().node();
      assertThat(observation.values()).as(what).hasSize((int) observation.step().shape().size());
      assertThat(observation.thread()).isSameAs(Thread.currentThread());
      Subject.assertSameBits(what + " kept", observation.values(), observation.copy());
    }
  }

  /** Notes what it is called with. */
  final class Stopwatch implements Probe {
    private final BiPredicate<StepInfo, Integer> wanted;
    private final List<String> calls = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private long nanos;

    private Stopwatch(BiPredicate<StepInfo, Integer> wanted) {
      this.wanted = wanted;
    }

    @Override
    public boolean wantsValue(StepInfo step, int image) {
      return wanted.test(step, image);
    }

    @Override
    public void took(StepInfo step, long nanos) {
      assertThat(nanos).as(step.node()).isNotNegative();
      this.nanos += nanos;
      calls.add(step.node());
      threads.add(Thread.currentThread());
    }

    @Override
    public void observe(StepInfo step, int image, float[] values) {
      calls.add(step.node() + " " + image);
    }
  }

  @Test
  default void aProbeThatWantsNoValuesSeesTimesOnly() {
    NetworkCase network = NetworkCase.tiny();
    Graph graph = network.graph();
    float[] plain = Runs.once(subject().backend(), graph, network.batch(), network.input());
    Stopwatch watch = new Stopwatch((_, _) -> false);
    long start = System.nanoTime();
    float[] timed =
        Runs.probed(subject().backend(), graph, network.batch(), network.input(), watch);
    long elapsed = System.nanoTime() - start;
    try (Plan plan = subject().backend().compile(graph)) {
      assertThat(watch.calls).isEqualTo(plan.steps().stream().map(StepInfo::node).toList());
    }
    assertThat(watch.nanos).isPositive().isLessThanOrEqualTo(elapsed);
    assertThat(watch.threads).containsOnly(Thread.currentThread());
    if (subject().deterministic()) {
      Subject.assertSameBits("timed", timed, plain);
    }
  }

  @Test
  default void aStepsTimeComesBeforeItsValues() {
    NetworkCase network = NetworkCase.tiny();
    Graph graph = network.graph();
    Stopwatch watch = new Stopwatch((_, _) -> true);
    Runs.probed(subject().backend(), graph, network.batch(), network.input(), watch);
    List<String> order = new ArrayList<>();
    try (Plan plan = subject().backend().compile(graph)) {
      for (StepInfo step : plan.steps()) {
        order.add(step.node());
        for (int image = 0; image < network.batch(); image++) {
          order.add(step.node() + " " + image);
        }
      }
    }
    assertThat(watch.calls).isEqualTo(order);
  }

  @Test
  default void onlyWantedValuesAreObserved() {
    NetworkCase network = NetworkCase.tiny();
    Graph graph = network.graph();
    String last = graph.output().name();
    Stopwatch watch = new Stopwatch((step, image) -> step.node().equals(last) && image == 1);
    Runs.probed(subject().backend(), graph, network.batch(), network.input(), watch);
    List<String> order = new ArrayList<>();
    try (Plan plan = subject().backend().compile(graph)) {
      plan.steps().forEach(step -> order.add(step.node()));
    }
    order.add(last + " 1");
    assertThat(watch.calls).isEqualTo(order);
  }

  /** Probing changes nothing, and the last step's value is the output. */
  @Test
  default void theLastStepIsTheOutput() {
    NetworkCase network = NetworkCase.tiny();
    Graph graph = network.graph();
    float[] logits = Runs.once(subject().backend(), graph, network.batch(), network.input());
    List<Observation> seen = observe(graph, network.batch(), network.input());
    List<Observation> last = seen.subList(seen.size() - network.batch(), seen.size());
    for (Observation observation : last) {
      assertThat(observation.step().node()).isEqualTo(graph.output().name());
      float[] own = Runs.image(logits, observation.image(), network.spec().numClasses());
      Subject.assertSameBits("image " + observation.image(), observation.values(), own);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#few")
  default void everyStepsValueIsTheReferences(NetworkCase network) {
    Graph graph = network.graph();
    int size = (int) network.image().size();
    List<Map<String, float[]>> expected = new ArrayList<>();
    for (int image = 0; image < 2; image++) {
      expected.add(Oracle.values(graph, Runs.image(network.input(), image, size)));
    }
    Tolerance gates = subject().real().forGraph(graph);
    Set<String> seen = new HashSet<>();
    for (Observation observation : observe(graph, 2, network.input())) {
      String node = observation.step().node();
      assertThat(seen.add(observation.image() + " " + node)).as("once: %s", node).isTrue();
      Subject.assertWithin(
          gates, node, observation.values(), expected.get(observation.image()).get(node));
    }
  }
}
