package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.conformance.Values;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/** ONNX Runtime, which shares no code with this project, computes what the backends compute. */
class OnnxOracleTest {
  private static final int MEMBERS = 48;
  private static final double MAX_RESIDUAL = 1e-5;

  /** The largest residual by pair of engines. */
  private static final Map<String, Worst> WORST = new TreeMap<>();

  private record Worst(double residual, String where) {
    Worst larger(Worst other) {
      return other.residual > residual ? other : this;
    }
  }

  static Stream<Member> members() {
    return Member.some(MEMBERS);
  }

  @AfterAll
  static void report() {
    WORST.forEach((pair, worst) ->
        System.out.printf(
            "%s: worst residual %.2e, allowed %.0e: %s%n",
            pair, worst.residual(), MAX_RESIDUAL, worst.where()));
  }

  @ParameterizedTest
  @MethodSource("members")
  void agreesOnTheFamily(Member member) throws OrtException {
    Graph graph = member.graph();
    Graph fused = Passes.inference().apply(graph);
    float[] input = member.input();
    String what = member.toString();
    float[] plain = OnnxRuntime.run(graph, member.batch(), input);
    float[] folded = OnnxRuntime.run(fused, member.batch(), input);
    check("reference, unfused", what, run("reference", graph, member.batch(), input), plain);
    if (available("simd")) {
      check("simd, fused", what, run("simd", fused, member.batch(), input), folded);
    }
  }

  @Test
  void theMembersAreOfEveryKind() {
    List<ResNetSpec> specs = members().map(Member::spec).toList();
    assertThat(specs).hasSize(MEMBERS);
    assertThat(specs).extracting(ResNetSpec::groups).contains(1, 2, 4, 8, 12, 16);
    assertThat(specs).extracting(ResNetSpec::block).contains(Block.BASIC, Block.BOTTLENECK);
    assertThat(specs).extracting(ResNetSpec::baseWidth).contains(8, 12, 20, 24, 31);
    assertThat(specs)
        .extracting(ResNetSpec::stridePlacement)
        .contains(StridePlacement.V1, StridePlacement.V1_5);
    assertThat(members()).extracting(Member::batch).contains(1, 2, 3, 4);
    assertThat(members().filter(OnnxOracleTest::isDepthwise)).hasSizeGreaterThan(5);
  }

  private static boolean isDepthwise(Member member) {
    return member.graph(WeightSource.META).node("layer1.0.conv2").op() instanceof Op.Conv conv
        && conv.groups() > 1
        && conv.weight().dim(1) == 1;
  }

  @Test
  void tellsOneStridePlacementFromTheOther() throws OrtException {
    Member member =
        members()
            .filter(m -> m.spec().stridePlacement() == StridePlacement.V1)
            .filter(m -> m.spec().block() == Block.BOTTLENECK)
            .findFirst()
            .orElseThrow();
    ResNetSpec other = member.spec().withStridePlacement(StridePlacement.V1_5);
    float[] expected = OnnxRuntime.run(member.graph(), member.batch(), member.input());
    Graph graph = new Member(other, member.image(), member.batch(), member.seed()).graph();
    float[] actual = run("reference", graph, member.batch(), member.input());
    assertThat(residual(actual, expected)).isGreaterThan(100 * MAX_RESIDUAL);
  }

  @Test
  void oneModelRunsAnyBatch() throws OrtException {
    Member member = members().findFirst().orElseThrow();
    int pixels = (int) member.image().size();
    float[] images = Values.REAL.inputs(new SplittableRandom(3), 3 * pixels);
    try (OnnxRuntime runtime = new OnnxRuntime(member.graph())) {
      assertThat(runtime.outputName()).isEqualTo("logits");
      float[] three = runtime.run(3, images);
      int classes = member.spec().numClasses();
      assertThat(three).hasSize(3 * classes);
      for (int i = 0; i < 3; i++) {
        float[] one = runtime.run(1, Arrays.copyOfRange(images, i * pixels, (i + 1) * pixels));
        float[] slice = Arrays.copyOfRange(three, i * classes, (i + 1) * classes);
        assertThat(residual(one, slice)).isLessThan(MAX_RESIDUAL);
      }
    }
  }

  @Test
  void agreesOnTheDemoModelAndPyTorch() throws OrtException {
    PretrainedModel model = DemoModel.load();
    Samples samples = Samples.load();
    for (String sample : samples.names().subList(0, 2)) {
      float[] input = model.preprocessing().apply(samples.image(sample)).data();
      Graph fused = Passes.inference().apply(model.graph());
      float[] plain = OnnxRuntime.run(model.graph(), 1, input);
      assertThat(Logits.residual(plain, samples.logits(sample))).isLessThan(MAX_RESIDUAL);
      check("reference, unfused", sample, run("reference", model.graph(), 1, input), plain);
      if (available("simd")) {
        check(
            "simd, fused", sample, run("simd", fused, 1, input), OnnxRuntime.run(fused, 1, input));
      }
    }
  }

  /** What no network of the family has: a head in the middle, a convolution last, no operator. */
  @Test
  void agreesOnOtherGraphs() throws OrtException {
    SplittableRandom random = new SplittableRandom(5);
    GraphBuilder head = new GraphBuilder();
    int x = head.add("a.weight", new Op.Input(new Shape(6, 5, 4)));
    head.add("single", new Op.GlobalAvgPool(), x);
    int y = head.add("a", new Op.Linear(tensor(random, 6, 6), tensor(random, 6)), 1);
    int z = head.add("input", new Op.Add(), y, 1);
    head.add("logits", new Op.Relu(), z);
    agrees(head.build(), "logits", random);

    GraphBuilder last = new GraphBuilder();
    last.add("image", new Op.Input(new Shape(4, 7, 6)));
    Tensor weight = tensor(random, 4, 2, 3, 3);
    Window window = new Window(3, 1, 1);
    last.add("pool", new Op.MaxPool(window), 0);
    last.add("conv", new Op.Conv(weight, null, window, 2, new Epilogue(true, false)), 0, 1);
    last.add("both", new Op.Conv(weight, null, window, 2, new Epilogue(true, true)), 2, 1);
    agrees(last.build(), "both", random);

    GraphBuilder empty = new GraphBuilder();
    empty.add("image", new Op.Input(new Shape(2, 3, 4)));
    agrees(empty.build(), "input", random);
  }

  private static void agrees(Graph graph, String output, SplittableRandom random)
      throws OrtException {
    float[] input = Values.REAL.inputs(random, (int) (2 * graph.inputShape().size()));
    try (OnnxRuntime runtime = new OnnxRuntime(graph)) {
      assertThat(runtime.outputName()).isEqualTo(output);
      check("reference, others", output, run("reference", graph, 2, input), runtime.run(2, input));
    }
  }

  private static Tensor tensor(SplittableRandom random, int... dims) {
    return Tensor.of(Values.REAL.inputs(random, Tensor.meta(dims).size()), dims);
  }

  private static void check(String pair, String where, float[] actual, float[] expected) {
    double residual = residual(actual, expected);
    WORST.merge(pair, new Worst(residual, where), Worst::larger);
    assertThat(residual).as("%s: %s", pair, where).isLessThanOrEqualTo(MAX_RESIDUAL);
  }

  private static double residual(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double[] widened = new double[expected.length];
    for (int i = 0; i < widened.length; i++) {
      widened[i] = expected[i];
    }
    return Logits.residual(actual, widened);
  }

  private static boolean available(String backend) {
    return Backends.providers().stream()
        .anyMatch(provider ->
            provider.name().equals(backend)
                && provider.availability() instanceof Availability.Available);
  }

  private static float[] run(String name, Graph graph, int batch, float[] input) {
    try (Backend backend = Backends.open(name, BackendOptions.defaults());
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch)) {
      float[] output = new float[(int) (batch * plan.outputShape().size())];
      session.run(batch, input, output);
      return output;
    }
  }
}
