package org.resnet4j.core.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.core.model.Block.BASIC;
import static org.resnet4j.core.model.Block.BOTTLENECK;
import static org.resnet4j.core.model.StridePlacement.V1;
import static org.resnet4j.core.model.StridePlacement.V1_5;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.conformance.Values;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.reference.ReferenceBackendProvider;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** The whole sequence on small networks of every kind. */
class InferencePassesTest {
  private static final int HEIGHT = 49;
  private static final int WIDTH = 40;
  private static final int BATCH = 2;
  private static final double MAX_RR = 1e-6;

  static final List<ResNetSpec> SPECS =
      List.of(
          spec("basic", BASIC, 1, 64, 8, V1_5),
          spec("bottleneck", BOTTLENECK, 1, 64, 8, V1_5),
          spec("stride first", BOTTLENECK, 1, 64, 8, V1),
          spec("grouped", BOTTLENECK, 4, 16, 16, V1_5),
          spec("depthwise", BOTTLENECK, 32, 4, 16, V1_5),
          spec("wide", BOTTLENECK, 1, 128, 8, V1_5));

  private static ResNetSpec spec(
      String name, Block block, int groups, int perGroup, int base, StridePlacement placement) {
    return new ResNetSpec(name, block, List.of(2, 1, 2, 1), groups, perGroup, base, 23, placement);
  }

  private static Graph build(ResNetSpec spec) {
    return ResNet.build(spec, HEIGHT, WIDTH, new SeededWeights(11, spec.block()));
  }

  @ParameterizedTest
  @FieldSource("SPECS")
  void leavesWhatBackendsTakeAndKeepsTheOutput(ResNetSpec spec) {
    Graph unfused = build(spec);
    Graph fused = Passes.inference().apply(unfused);
    Stream<Class<?>> kinds = fused.nodes().stream().map(node -> node.op().getClass());
    assertThat(kinds.distinct())
        .containsExactlyInAnyOrder(
            Op.Input.class,
            Op.Conv.class,
            Op.MaxPool.class,
            Op.GlobalAvgPool.class,
            Op.Linear.class);
    assertThat(fused.output().name()).isEqualTo(unfused.output().name()).isEqualTo("fc");
    assertThat(fused.output().shape()).isEqualTo(unfused.output().shape());
    assertThat(fused.multiplyAdds()).isEqualTo(unfused.multiplyAdds());
    long blocks = unfused.nodes().stream().filter(node -> node.op() instanceof Op.Add).count();
    assertThat(fused.nodes().stream().filter(InferencePassesTest::hasResidual))
        .hasSize((int) blocks);
  }

  private static boolean hasResidual(Node node) {
    return node.op() instanceof Op.Conv conv && conv.epilogue().residual();
  }

  @ParameterizedTest
  @FieldSource("SPECS")
  void aSecondTimeThereIsNothingToDo(ResNetSpec spec) {
    Graph fused = Passes.inference().apply(build(spec));
    assertThat(Passes.inference().apply(fused)).isSameAs(fused);
  }

  /** Folding moves roundings, so the results differ, but only by a few of them. */
  @ParameterizedTest
  @FieldSource("SPECS")
  void computesWhatTheUnfusedGraphDoes(ResNetSpec spec) {
    assertSameResults(build(spec));
  }

  /** A network that normalises before it convolves, and whose head has two layers. */
  private static Graph normalisingFirst() {
    GraphBuilder graph = new GraphBuilder();
    SplittableRandom random = new SplittableRandom(6);
    int x = graph.add("input", new Op.Input(new Shape(3, 9, 8)));
    x = graph.add("data", norm(random, 3), x);
    x = graph.add("conv", conv(random, 3, 5), x);
    int y = graph.add("relu1", new Op.Relu(), graph.add("bn1", norm(random, 5), x));
    y = graph.add("conv1", conv(random, 5, 5), y);
    x = graph.add("add", new Op.Add(), x, y);
    y = graph.add("relu2", new Op.Relu(), graph.add("bn2", norm(random, 5), x));
    x = graph.add("add2", new Op.Add(), graph.add("relu3", new Op.Relu(), x), y);
    x = graph.add("mean", new Op.GlobalAvgPool(), graph.add("add3", new Op.Add(), x, x));
    x = graph.add("fc1", linear(random, 5, 8), x);
    return finish(
        graph, graph.add("fc2", linear(random, 8, 4), graph.add("relu4", new Op.Relu(), x)));
  }

  private static Graph finish(GraphBuilder graph, int last) {
    graph.add("relu5", new Op.Relu(), last);
    return graph.build();
  }

  private static Tensor tensor(SplittableRandom random, double mean, int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + random.nextDouble() - 0.5);
    }
    return Tensor.of(values, dims);
  }

  private static Op norm(SplittableRandom random, int channels) {
    return new Op.BatchNorm(
        tensor(random, 1, channels),
        tensor(random, 0, channels),
        tensor(random, 0, channels),
        tensor(random, 1, channels),
        1e-5);
  }

  private static Op conv(SplittableRandom random, int from, int to) {
    Tensor weight = tensor(random, 0, to, from, 3, 3);
    return new Op.Conv(weight, null, new Window(3, 1, 1), 1, Epilogue.NONE);
  }

  private static Op linear(SplittableRandom random, int from, int to) {
    return new Op.Linear(tensor(random, 0.5, to, from), tensor(random, 0.5, to)); // nothing cancels
  }

  @Test
  void whatHasNoConvolutionBecomesOne() {
    Graph fused = Passes.inference().apply(normalisingFirst());
    assertThat(fused.nodes().stream().map(Node::name))
        .containsExactly(
            "input", "data", "conv", "bn1", "conv1", "bn2", "relu3", "add2", "add3", "mean", "fc1",
            "fc2");
    assertThat(fused.nodes().stream().map(Node::op))
        .noneMatch(
            op -> op instanceof Op.BatchNorm || op instanceof Op.Add || op instanceof Op.Relu);
    assertSameResults(normalisingFirst());
    assertThat(Passes.inference().apply(fused)).isSameAs(fused);
  }

  @Test
  void whatHasNoConvolutionBecomesOneWithoutValuesToo() {
    Graph fused = Passes.inference().apply(normalisingFirst());
    Graph bare = Passes.inference().apply(normalisingFirst().withoutValues());
    assertThat(bare.withoutValues().nodes()).hasToString(fused.withoutValues().nodes().toString());
  }

  private static void assertSameResults(Graph unfused) {
    float[] expected = run(unfused);
    float[] actual = run(Passes.inference().apply(unfused));
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(error / norm)).isPositive().isLessThanOrEqualTo(MAX_RR);
  }

  private static float[] run(Graph graph) {
    try (Backend backend = new ReferenceBackendProvider().open(BackendOptions.defaults());
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(BATCH)) {
      float[] input =
          Values.REAL.inputs(new SplittableRandom(5), BATCH * (int) graph.inputShape().size());
      float[] output = new float[BATCH * (int) graph.output().shape().size()];
      session.run(BATCH, input, output);
      return output;
    }
  }
}
