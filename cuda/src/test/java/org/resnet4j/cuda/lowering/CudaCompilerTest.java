package org.resnet4j.cuda.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.ConvCase;
import org.resnet4j.core.conformance.ConvCases;
import org.resnet4j.core.conformance.Values;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.cuda.conv.ConvMethod;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.device.Precisions;
import org.resnet4j.cuda.kernels.SlidingWindow;
import org.resnet4j.cuda.lowering.CudaStep.AveragePoolStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.CudaStep.InputStep;
import org.resnet4j.cuda.lowering.CudaStep.LogitsStep;
import org.resnet4j.cuda.lowering.CudaStep.MaxPoolStep;
import org.resnet4j.cuda.support.Networks;

class CudaCompilerTest {
  private static final Window POINT = new Window(1, 1, 0);
  private static final Window SAME = new Window(3, 1, 1);

  private static int conv(GraphBuilder graph, String name, int out, int groups, Integer... inputs) {
    int in = graph.node(inputs[0]).shape().channels() / groups;
    Epilogue epilogue = new Epilogue(inputs.length > 1, true);
    return graph.add(
        name, new Op.Conv(Tensor.meta(out, in, 3, 3), null, SAME, groups, epilogue), inputs);
  }

  private static CudaStep step(Lowering lowering, String node) {
    return lowering.steps().get(lowering.skeleton().node(node).id());
  }

  @Test
  void lowersEachKindOfNode() {
    Lowering lowering = Networks.lowered("resnet18", Precision.TF32);
    Node pool = lowering.skeleton().node("maxpool");
    assertThat(lowering.steps()).hasSameSizeAs(lowering.skeleton().nodes());
    assertThat(step(lowering, "input"))
        .isEqualTo(new InputStep(lowering.skeleton().node("input"), 4));
    assertThat(step(lowering, "conv1"))
        .isEqualTo(
            new ConvStep(
                lowering.skeleton().node("conv1"),
                new ConvProblem(
                    4, 64, 224, 224, new Window(7, 2, 3), 1, false, true, Precision.TF32, false)));
    assertThat(step(lowering, "maxpool"))
        .isEqualTo(new MaxPoolStep(pool, 64, new SlidingWindow(112, 112, 3, 2, 1)));
    assertThat(step(lowering, "layer4.0.conv2"))
        .isEqualTo(
            new ConvStep(
                lowering.skeleton().node("layer4.0.conv2"),
                new ConvProblem(512, 512, 7, 7, SAME, 1, true, true, Precision.TF32, false)));
    assertThat(step(lowering, "avgpool"))
        .isEqualTo(new AveragePoolStep(lowering.skeleton().node("avgpool"), 512));
    assertThat(lowering.steps().getLast())
        .isEqualTo(
            new ConvStep(
                lowering.skeleton().output(),
                new ConvProblem(512, 1000, 1, 1, POINT, 1, false, false, Precision.TF32, true)));
  }

  static Stream<Lowering> all() {
    return Networks.all();
  }

  /** What a step reads has as many channels in memory as it was written with. */
  private static void assertChannelsAgree(Lowering lowering) {
    int multiple = Precisions.channelMultiple(lowering.precision());
    List<CudaStep> steps = lowering.steps();
    for (CudaStep step : steps.subList(0, lowering.skeleton().nodes().size())) {
      Node node = step.node();
      int[] read = node.inputs().stream().mapToInt(id -> steps.get(id).channels()).toArray();
      assertThat(step.channels())
          .as(node.name())
          .isBetween(node.shape().channels(), node.shape().channels() + multiple - 1);
      switch (step) {
        case ConvStep(Node _, ConvProblem problem) -> assertReads(problem, node, read);
        case MaxPoolStep _, AveragePoolStep _ ->
            assertThat(read).as(node.name()).containsExactly(step.channels());
        case InputStep _, LogitsStep _ -> assertThat(read).isEmpty();
      }
    }
  }

  private static void assertReads(ConvProblem problem, Node node, int[] read) {
    assertThat(problem.inChannels()).as(node.name()).isEqualTo(read[0]);
    assertThat(problem.residual()).as(node.name()).isEqualTo(read.length == 2);
    if (problem.residual()) {
      assertThat(read[1]).as(node.name()).isEqualTo(problem.outChannels());
    }
    if (problem.groups() > 1) {
      assertThat(problem.outChannels()).as(node.name()).isEqualTo(node.shape().channels());
      Op.Conv conv = (Op.Conv) node.op();
      assertThat(problem.inChannelsPerGroup()).as(node.name()).isEqualTo(conv.weight().dim(1));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void channelsAgree(Lowering lowering) {
    assertChannelsAgree(lowering);
  }

  @Test
  void takesEveryConvolutionOfTheConformanceSuite() {
    for (ConvCase conv : ConvCases.all()) {
      Graph graph = conv.graph(Values.REAL);
      for (Precision precision : Precision.values()) {
        Lowering lowering = CudaCompiler.lower(graph, precision);
        assertChannelsAgree(lowering);
        Node output = graph.withoutValues().output();
        int pitch = lowering.steps().get(output.id()).channels();
        assertThat(lowering.steps().getLast().node().name()).isEqualTo(output.name());
        assertThat(lowering.steps().getLast())
            .isInstanceOfSatisfying(
                LogitsStep.class, logits -> assertThat(logits.pitch()).isEqualTo(pitch));
      }
    }
  }

  /** Channels in memory of the input, a pooling of it, and a convolution of that. */
  @ParameterizedTest
  @CsvSource({
    "FP32, 3, 10, 1, 4",
    "TF32, 5, 15, 1, 8",
    "FP16, 3, 10, 1, 8",
    "BF16, 8, 12, 1, 8",
    "FP32, 3, 12, 3, 3",
    "FP16, 6, 8, 2, 6",
  })
  void addsChannelsToTheInputUnlessThereAreGroups(
      Precision precision, int in, int out, int groups, int inMemory) {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(new Shape(in, 9, 8)));
    conv(graph, "conv", out, groups, graph.add("pool", new Op.MaxPool(SAME), x));
    Lowering lowering = CudaCompiler.lower(graph.build(), precision);
    assertThat(lowering.steps().stream().mapToInt(CudaStep::channels))
        .containsExactly(inMemory, inMemory, out, out);
    assertChannelsAgree(lowering);
  }

  @Test
  void addsNoChannelsToAResidual() {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(new Shape(3, 9, 8)));
    conv(graph, "sum", 3, 1, conv(graph, "first", 3, 1, x), x);
    Lowering lowering = CudaCompiler.lower(graph.build(), Precision.FP16);
    assertThat(lowering.steps().stream().mapToInt(CudaStep::channels)).containsExactly(3, 3, 3, 3);
    assertChannelsAgree(lowering);
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLastLinearLayerWritesLogits(Precision precision) {
    int inMemory = 8; // of 5, in all precisions
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(new Shape(5, 1, 1)));
    int hidden = graph.add("hidden", new Op.Linear(Tensor.meta(7, 5), Tensor.meta(7)), x);
    graph.add("fc", new Op.Linear(Tensor.meta(3, 7), null), hidden);
    Lowering lowering = CudaCompiler.lower(graph.build(), precision);
    assertThat(lowering.steps()).hasSize(3);
    assertThat(lowering.steps().get(1))
        .isEqualTo(
            new ConvStep(
                lowering.skeleton().node("hidden"),
                ConvProblem.linear(inMemory, 7, precision, false)));
    assertThat(lowering.steps().get(2))
        .isEqualTo(
            new ConvStep(
                lowering.skeleton().node("fc"), ConvProblem.linear(7, 3, precision, true)));
  }

  @Test
  void anInputAloneIsTheResult() {
    GraphBuilder graph = new GraphBuilder();
    graph.add("input", new Op.Input(new Shape(3, 2, 2)));
    Lowering lowering = CudaCompiler.lower(graph.build(), Precision.BF16);
    Node input = lowering.skeleton().output();
    assertThat(lowering.steps()).containsExactly(new InputStep(input, 8), new LogitsStep(input, 8));
  }

  private static Op.BatchNorm batchNorm(int channels) {
    Tensor values = Tensor.meta(channels);
    return new Op.BatchNorm(values, values, values, values, 1e-5);
  }

  @Test
  void refusesWhatPassesFuse() {
    List<Op> ops = List.of(batchNorm(3), new Op.Relu(), new Op.Add());
    for (Op op : ops) {
      GraphBuilder graph = new GraphBuilder();
      int x = graph.add("input", new Op.Input(new Shape(3, 4, 4)));
      Integer[] inputs = new Integer[op.arity()];
      Arrays.fill(inputs, x);
      graph.add("layer9.alone", op, inputs);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CudaCompiler.lower(graph.build(), Precision.FP32))
          .withMessageStartingWith("layer9.alone: the cuda backend has no kernel for '")
          .withMessageContaining("; apply Passes.inference() to the graph first");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void infosDescribeTheGraph(Lowering lowering) {
    Graph graph = lowering.skeleton();
    List<StepInfo> infos =
        lowering.infos(problem -> ConvMethod.candidates(problem).getFirst().name());
    assertThat(infos.stream().map(StepInfo::node))
        .containsExactlyElementsOf(graph.nodes().stream().map(Node::name).toList());
    assertThat(infos)
        .allSatisfy(info ->
            assertThat(info.shape()).as(info.node()).isEqualTo(graph.node(info.node()).shape()));
    assertThat(infos.stream().mapToLong(StepInfo::multiplyAdds).sum())
        .isEqualTo(graph.multiplyAdds());
  }

  @ParameterizedTest
  @CsvSource({"FP32, 4, 4", "BF16, 8, 2"})
  void infosCountBytesInTheLayoutOfTheDevice(Precision precision, int rgb, int bytes) {
    Lowering lowering = Networks.lowered("resnet18", precision);
    List<StepInfo> infos = lowering.infos(_ -> "LEGACY_FUSED");
    Node conv = lowering.skeleton().node("conv1");
    Node fc = lowering.skeleton().node("fc");
    long macs = 64L * 3 * 49 * 112 * 112;
    assertThat(infos)
        .startsWith(
            info(lowering.skeleton().node("input"), "PACK_NHWC", 0, 0, 224L * 224 * rgb * bytes),
            info(
                conv,
                "LEGACY_FUSED",
                macs,
                64L * rgb * 49 * bytes + 64 * Float.BYTES,
                112L * 112 * 64 * bytes),
            info(lowering.skeleton().node("maxpool"), "MAX_POOL", 0, 0, 56L * 56 * 64 * bytes))
        .endsWith(
            info(lowering.skeleton().node("avgpool"), "GLOBAL_AVG_POOL", 0, 0, 512L * bytes),
            info(
                fc,
                "LEGACY_FUSED",
                512_000,
                512_000L * bytes + 1000 * Float.BYTES,
                1000 * Float.BYTES));
  }

  private static StepInfo info(
      Node node, String kernel, long macs, long weightBytes, long activationBytes) {
    return new StepInfo(
        node.name(), kernel, node.shape(), macs, macs, weightBytes, activationBytes);
  }

  @Test
  void aConversionAtTheEndIsAStepOfItsOwn() {
    GraphBuilder graph = new GraphBuilder();
    conv(graph, "conv", 5, 1, graph.add("input", new Op.Input(new Shape(3, 6, 4))));
    Lowering lowering = CudaCompiler.lower(graph.build(), Precision.FP16);
    Node conv = lowering.skeleton().node("conv");
    assertThat(lowering.infos(_ -> "LEGACY_THEN_EPILOGUE"))
        .endsWith(
            info(conv, "LEGACY_THEN_EPILOGUE", 5 * 27 * 24, 5 * 9 * 8 * 2 + 5 * 4, 24 * 5 * 2),
            info(conv, "UNPACK_NHWC", 0, 5 * 4, 24 * 5 * 4));
  }
}
