package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.support.Emulator;

/** The graph API against plain loops, its engines, and what it refuses. */
class ConvGraphTest {
  private static final Set<NumericalNote> NONE = EnumSet.noneOf(NumericalNote.class);
  private static final int ALL = 100;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  @AfterEach
  void nothingStays() {
    assertThat(Emulator.leaks()).isEmpty();
  }

  static List<ConvolutionCase> cases() {
    return ConvolutionCase.all().stream().filter(c -> c.format() == TensorFormat.NHWC).toList();
  }

  private static GraphSpec spec(GraphSpec s, boolean residual, boolean bias, boolean relu) {
    return new GraphSpec(s.type(), s.x(), s.k(), s.r(), s.s(), s.geometry(), residual, bias, relu);
  }

  /** Of the engines that are listed, those of which a plan can be made. */
  private static List<ConvPlan> plans(
      ConvGraph graph, HeuristicMode mode, Set<NumericalNote> unwanted, int most) {
    List<ConvPlan> plans = new ArrayList<>();
    for (EngineOffer offer : graph.engines(mode, unwanted, most)) {
      try {
        plans.add(offer.plan());
        assertThat(offer.leastWorkspaceBytes()).isEqualTo(plans.getLast().workspaceBytes());
      } catch (CudaException e) {
        assertThat(e.code()).isIn(3000, 4001);
      }
    }
    return plans;
  }

  private static void closeAll(List<ConvPlan> plans) {
    plans.forEach(ConvPlan::close);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyEpilogue(ConvolutionCase c) {
    OnGpu.run(on -> {
      for (int bits = 0; bits < 8; bits++) {
        boolean residual = (bits & 1) != 0;
        boolean bias = (bits & 2) != 0;
        boolean relu = (bits & 4) != 0;
        List<ConvPlan> plans;
        try (ConvGraph graph = ConvGraph.build(on.handle(), spec(c.spec(), residual, bias, relu))) {
          plans = plans(graph, HeuristicMode.A, NONE, ALL);
        }
        assertThat(plans).isNotEmpty();
        try (Tensors tensors = new Tensors(on.gpu(), c.spec().type())) {
          ConvPlan plan = plans.getFirst();
          DeviceMemory y = tensors.empty(ConvolutionCase.count(c.spec().y()));
          run(on, plan, data(tensors, c, y), tensors);
          float[] expected = c.expected(residual, bias, relu);
          for (int i = 0; i < expected.length; i++) {
            expected[i] = tensors.rounded(expected[i]);
          }
          assertThat(tensors.read(y)).as("epilogue %d", bits).isEqualTo(expected);
        }
        closeAll(plans);
      }
    });
  }

  private static ConvPlan.Data data(Tensors tensors, ConvolutionCase c, DeviceMemory y) {
    return new ConvPlan.Data(
        tensors.of(c.x()).address(),
        tensors.of(c.w()).address(),
        tensors.of(c.residual()).address(),
        tensors.of(c.bias()).address(),
        y.address());
  }

  private static DeviceRange workspace(ConvPlan plan, Tensors tensors) {
    long bytes = plan.workspaceBytes();
    return bytes == 0 ? DeviceRange.NONE : new DeviceRange(tensors.bytes(bytes).address(), bytes);
  }

  private static void run(OnGpu on, ConvPlan plan, ConvPlan.Data data, Tensors tensors) {
    try (ConvPlan.Binding binding = plan.bind(data, workspace(plan, tensors))) {
      binding.execute();
      on.stream().synchronize();
    }
  }

  @Test
  void notesFilterEngines() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    OnGpu.run(on -> {
      try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec())) {
        assertThat(graph.spec()).isEqualTo(c.spec());
        List<ConvPlan> all = plans(graph, HeuristicMode.A, NONE, ALL);
        assertThat(all.stream().map(p -> p.engine().notes()))
            .containsExactly(
                Set.of(NumericalNote.TENSOR_CORE),
                Set.of(),
                Set.of(NumericalNote.DOWN_CONVERT_INPUTS),
                Set.of(NumericalNote.NONDETERMINISTIC));
        assertThat(all.getFirst().engine().behavior())
            .containsExactly(BehaviorNote.RUNTIME_COMPILATION);
        List<ConvPlan> strict =
            plans(
                graph,
                HeuristicMode.A,
                EnumSet.of(NumericalNote.TENSOR_CORE, NumericalNote.DOWN_CONVERT_INPUTS),
                ALL);
        assertThat(strict).extracting(plan -> plan.engine().index()).containsExactly(21L, 23L);
        assertThat(strict.getFirst().workspaceBytes()).isZero();
        List<ConvPlan> fallback = plans(graph, HeuristicMode.FALLBACK, NONE, ALL);
        assertThat(fallback).extracting(plan -> plan.engine().index()).containsExactly(24L);
        List<ConvPlan> best =
            plans(graph, HeuristicMode.A, EnumSet.of(NumericalNote.TENSOR_CORE), 1);
        assertThat(best).extracting(plan -> plan.engine().index()).containsExactly(21L);
        closeAll(best);
        closeAll(all);
        closeAll(strict);
        closeAll(fallback);
      }
    });
  }

  /** Not supported, and does not compile. */
  @ParameterizedTest
  @ValueSource(ints = {3000, 4001})
  void anEngineOfWhichNoPlanCanBeMadeIsLeftOut(int code) {
    Emulator.option("cudnn.lastPlan", code);
    OnGpu.run(on -> {
      ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
      try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec())) {
        List<ConvPlan> plans = plans(graph, HeuristicMode.A, NONE, ALL);
        assertThat(plans).hasSize(3);
        closeAll(plans);
      }
    });
  }

  @Test
  void workspacesBeyondJavasNumbersAreTooLarge() {
    Emulator.option("cudnn.hugeWorkspace", 1);
    OnGpu.run(on -> {
      try (ConvGraph graph =
          ConvGraph.build(on.handle(), ConvolutionCase.small(DataType.FLOAT, 1).spec())) {
        EngineOffer second = graph.engines(HeuristicMode.A, NONE, ALL).get(1);
        assertThat(second.leastWorkspaceBytes()).isEqualTo(Long.MAX_VALUE);
        try (ConvPlan plan = second.plan()) {
          assertThat(plan.workspaceBytes()).isEqualTo(Long.MAX_VALUE);
        }
        Emulator.option("cudnn.noConfigurationSize", 1);
        assertThat(second.leastWorkspaceBytes()).isZero();
      }
    });
  }

  @Test
  void noEngines() {
    Emulator.option("cudnn.noGraph", 1);
    OnGpu.run(on -> {
      ConvolutionCase c = ConvolutionCase.small(DataType.HALF, 1);
      try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec())) {
        assertThat(plans(graph, HeuristicMode.A, NONE, ALL)).isEmpty();
        assertThat(plans(graph, HeuristicMode.FALLBACK, NONE, ALL)).isEmpty();
        Emulator.option("cudnn.noGraph", 0);
        Emulator.option("cudnn.noHeuristic", 1);
        assertThat(plans(graph, HeuristicMode.A, NONE, ALL)).isEmpty();
      }
    });
  }

  @Test
  void noFusedGroupsButPlainOnes() {
    Emulator.option("cudnn.noFusedGrouped", 1);
    OnGpu.run(on -> {
      GraphSpec spec = ConvolutionCase.small(DataType.HALF, 2).spec();
      try (ConvGraph fused = ConvGraph.build(on.handle(), spec);
          ConvGraph plain = ConvGraph.build(on.handle(), spec(spec, false, false, false))) {
        assertThat(plans(fused, HeuristicMode.A, NONE, ALL)).isEmpty();
        List<ConvPlan> plans = plans(plain, HeuristicMode.A, NONE, ALL);
        assertThat(plans).hasSize(4);
        closeAll(plans);
      }
    });
  }

  @Test
  void aCapturedPlanIsReplayed() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    OnGpu.run(on -> {
      List<ConvPlan> plans;
      try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec())) {
        plans = plans(graph, HeuristicMode.A, NONE, ALL);
      }
      try (Tensors tensors = new Tensors(on.gpu(), DataType.FLOAT)) {
        DeviceMemory y = tensors.empty(ConvolutionCase.count(c.y()));
        Graph captured;
        try (ConvPlan.Binding binding =
            plans.getFirst().bind(data(tensors, c, y), workspace(plans.getFirst(), tensors))) {
          captured = on.stream().capture(binding::execute);
        }
        closeAll(plans);
        try (captured) {
          captured.launch(on.stream());
          on.stream().synchronize();
        }
        assertThat(tensors.read(y)).isEqualTo(c.expected(true, true, true));
      }
    });
  }

  @Test
  void wrongMemoryIsRefused() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    OnGpu.run(on -> {
      List<ConvPlan> plans;
      try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec())) {
        plans = plans(graph, HeuristicMode.A, NONE, ALL);
      }
      ConvPlan plan = plans.getFirst();
      try (Tensors tensors = new Tensors(on.gpu(), DataType.FLOAT)) {
        DeviceMemory y = tensors.empty(ConvolutionCase.count(c.y()));
        ConvPlan.Data d = data(tensors, c, y);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> plan.bind(d, DeviceRange.NONE))
            .withMessage("workspace of 0 bytes, needed are 256");
        assertRefused(2003, on, plan, tensors, d.x(), d.residual() + 4, d.y());
        assertRefused(2002, on, plan, tensors, 0, d.residual(), d.y());
        assertRefused(2000, on, plan, tensors, d.x(), d.residual(), d.x());
        assertRefused(2000, on, plan, tensors, d.x(), d.residual(), d.y() + 16);
      }
      closeAll(plans);
    });
  }

  private static void assertRefused(
      int code, OnGpu on, ConvPlan plan, Tensors tensors, long x, long residual, long y) {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    ConvPlan.Data data =
        new ConvPlan.Data(
            x, tensors.of(c.w()).address(), residual, tensors.of(c.bias()).address(), y);
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> run(on, plan, data, tensors))
        .satisfies(e -> {
          assertThat(e.function()).isEqualTo("cudnnBackendExecute");
          assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
        });
  }

  @Test
  void impossibleShapesAreRefusedAndLeaveNothing() {
    GraphSpec s = ConvolutionCase.small(DataType.FLOAT, 1).spec();
    GraphSpec filterLargerThanImage = resized(s, s.x(), 5, 9, 1);
    GraphSpec resultTooLarge = resized(s, TensorShape.nhwc(1, 1, 1 << 15, 1 << 15), 4, 1, 1);
    OnGpu.run(on -> {
      assertThatExceptionOfType(CudaException.class)
          .isThrownBy(() -> ConvGraph.build(on.handle(), filterLargerThanImage))
          .satisfies(e -> assertThat(e.code()).isEqualTo(2000));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ConvGraph.build(on.handle(), resultTooLarge))
          .withMessageContaining("less than 2^31");
    });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resized(s, s.x(), 8, 3, 3))
        .withMessage("3 groups do not divide 4 input and 8 output channels");
  }

  private static GraphSpec resized(GraphSpec s, TensorShape x, int k, int size, int groups) {
    ConvolutionGeometry geometry = ConvolutionGeometry.square(0, 1, groups);
    return new GraphSpec(s.type(), x, k, size, size, geometry, false, false, false);
  }
}
