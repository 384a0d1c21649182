package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.lowering.CudaCompiler;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.memory.BatchParts;
import org.resnet4j.cuda.memory.DeviceLayout;
import org.resnet4j.cuda.support.Emulator;

/** Whole networks on the emulated device. */
class CudaBackendTest {
  private static final int SIZE = 33;

  /** A description and three layouts of matrices. */
  private static final int OBJECTS_OF_PRODUCT = 4;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** The ten, a quarter as wide. */
  static List<ResNetSpec> networks() {
    return ResNets.all().stream().map(spec -> spec.withBaseWidth(16)).toList();
  }

  /** Captured once, replayed, with different pictures. */
  @ParameterizedTest
  @MethodSource("networks")
  void givesTheReferencesLogits(ResNetSpec spec) {
    Graph graph = fused(spec);
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 2, 1);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(2)) {
      float[] output = new float[expected.length];
      session.run(2, input(2, 7), output);
      session.run(2, input(2, 1), output);
      assertThat(distance(output, expected)).isLessThan(1e-5);
      session.run(2, input(2, 1), output);
      assertThat(distance(output, expected)).isLessThan(1e-5);
      assertThat(Emulator.calls("cuGraphInstantiateWithFlags")).isEqualTo(1);
      assertThat(Emulator.calls("cuGraphLaunch")).isEqualTo(3);
    }
  }

  private static ResNetSpec small(int groups) {
    return ResNetSpec.of("small", Block.BOTTLENECK, List.of(1, 1, 2, 1), groups, 64)
        .withBaseWidth(16)
        .withNumClasses(10);
  }

  /** Where every way is timed, which takes the emulator long. */
  private static ResNetSpec least() {
    return ResNetSpec.of("least", Block.BASIC, List.of(1, 1, 1, 1), 1, 64)
        .withBaseWidth(4)
        .withNumClasses(10);
  }

  private static Graph fused(ResNetSpec spec) {
    return Passes.inference()
        .apply(ResNet.build(spec, SIZE, SIZE, new SeededWeights(5, spec.block())));
  }

  private static float[] input(int batch, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] input = new float[batch * 3 * SIZE * SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextDouble(-2, 2);
    }
    return input;
  }

  private static float[] logits(Backend opened, Graph graph, int batch, long seed) {
    try (Backend backend = opened;
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch)) {
      float[] output = new float[Math.toIntExact(batch * plan.outputShape().size())];
      session.run(batch, input(batch, seed), output);
      return output;
    }
  }

  /** Relative L2 distance. */
  private static double distance(float[] actual, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - (double) expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  /** Fewer bits lose what they must and not much more. */
  @ParameterizedTest
  @EnumSource
  void roundsAsThePrecisionSays(Precision precision) {
    Graph graph = fused(small(1));
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 3, 2);
    double distance = distance(logits(OnEmulator.open(precision), graph, 3, 2), expected);
    Map<Precision, double[]> bounds = new EnumMap<>(Precision.class);
    bounds.put(Precision.FP32, new double[] {0, 1e-5});
    bounds.put(Precision.TF32, new double[] {1e-4, 5e-3});
    bounds.put(Precision.FP16, new double[] {1e-4, 5e-3});
    bounds.put(Precision.BF16, new double[] {1e-3, 4e-2});
    double[] bound = bounds.get(precision);
    assertThat(distance).isBetween(bound[0], bound[1]);
  }

  /** Whatever the libraries decline, the next way is taken and computes the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cudnn.noGraph",
        "cudnn.noFusedGrouped",
        "cudnn.noGraph cublas.noLt",
        "cudnn.noGraph cublas.noLt cudnn.noFusedIdentity"
      })
  void takesTheNextWay(String missing) {
    Graph graph = fused(small(4));
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 1, 3);
    Map<String, List<String>> kernels =
        Map.of(
            "", List.of("GRAPH_FUSED"),
            "cudnn.noGraph", List.of("GEMM_FUSED", "LEGACY_FUSED"),
            "cudnn.noFusedGrouped", List.of("GRAPH_FUSED", "LEGACY_THEN_EPILOGUE"),
            "cudnn.noGraph cublas.noLt", List.of("LEGACY_FUSED"),
            "cudnn.noGraph cublas.noLt cudnn.noFusedIdentity",
                List.of("LEGACY_FUSED", "GEMM_THEN_EPILOGUE"));
    Arrays.stream(missing.split(" "))
        .filter(option -> !option.isEmpty())
        .forEach(option -> Emulator.option(option, 1));
    for (Precision precision : Precision.values()) {
      try (Backend backend = OnEmulator.open(precision);
          Plan plan = backend.compile(graph);
          Session session = plan.newSession(1)) {
        float[] output = new float[expected.length];
        session.run(1, input(1, 3), output);
        assertThat(distance(output, expected)).isLessThan(4e-2);
        assertThat(plan.steps().stream().map(step -> step.kernel().split(" ")[0]).distinct())
            .containsAll(kernels.get(missing));
      }
    }
  }

  /** Engines of which a plan can be made and which then fail, workspaces of 2^63 bytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"cudnn.lastPlan 4000", "cudnn.hugeWorkspace 1", "cudnn.noConfigurationSize 1"})
  void anEngineThatFailsIsGoneRound(String option) {
    Emulator.option("clock.operations", 1);
    Emulator.option(option.split(" ")[0], Integer.parseInt(option.split(" ")[1]));
    Graph graph = fused(least());
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 1, 3);
    for (AlgorithmChoice choice : AlgorithmChoice.values()) {
      assertThat(distance(logits(OnEmulator.open(Precision.FP32, choice), graph, 1, 3), expected))
          .isLessThan(1e-5);
    }
  }

  /** In NHWC cuDNN has nothing for one channel a group in 16 bits. */
  @ParameterizedTest
  @EnumSource(names = "FP16")
  void ownKernelServesWhatTheLibrariesDoNot(Precision precision) {
    for (String option : List.of("cudnn.noGraph", "cudnn.noLegacyGrouped")) {
      Emulator.option(option, 1);
    }
    Graph graph = fused(small(16));
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 2, 3);
    try (Backend backend = OnEmulator.open(precision);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(2)) {
      assertThat(plan.steps()).extracting(StepInfo::kernel).contains("OWN_KERNEL");
      float[] output = new float[expected.length];
      session.run(2, input(2, 3), output);
      assertThat(distance(output, expected)).isLessThan(precision == Precision.FP32 ? 1e-5 : 4e-2);
      assertThat(plan.notes())
          .anyMatch(line ->
              line.matches("LEGACY_FUSED for 1 images of .* 16 groups.*: .*NOT_SUPPORTED.*"));
    }
  }

  /** A plan of an engine takes up to seconds to make: one for each convolution that differs. */
  @Test
  void makesNoMorePlansThanConvolutions() {
    Graph graph = fused(small(1));
    try (Backend backend = OnEmulator.open(Precision.FP16);
        Plan plan = backend.compile(graph)) {
      long problems =
          ((CudaPlan) plan)
              .lowering().steps().stream()
                  .filter(CudaStep.ConvStep.class::isInstance)
                  .map(step -> ((CudaStep.ConvStep) step).problem())
                  .filter(problem -> !problem.scores()) // by cuBLASLt
                  .distinct()
                  .count();
      assertThat(Emulator.calls("engine plans")).isEqualTo(problems);
      try (Session one = plan.newSession(1);
          Session parts = ((CudaPlan) plan).newSession(4, new BatchParts(2, 2))) {
        one.run(1, input(1, 3), new float[10]);
        assertThat(Emulator.calls("engine plans")).isEqualTo(problems);
        parts.run(4, input(4, 3), new float[40]);
        assertThat(Emulator.calls("engine plans")).isEqualTo(2 * problems);
      }
      try (Session again = plan.newSession(2)) {
        again.run(2, input(2, 3), new float[20]);
        assertThat(Emulator.calls("engine plans")).isEqualTo(2 * problems);
      }
    }
  }

  /** Once for each convolution and batch of a plan: the second session times nothing. */
  @Test
  void measuresWhatItIsAskedTo() {
    Emulator.option("clock.operations", 1);
    Graph graph = fused(least());
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 2, 3);
    try (Backend backend = OnEmulator.open(Precision.FP32, AlgorithmChoice.MEASURED);
        Plan plan = backend.compile(graph)) {
      for (int i = 0; i < 2; i++) {
        long before = Emulator.calls("cuEventElapsedTime");
        try (Session session = plan.newSession(2)) {
          float[] output = new float[expected.length];
          session.run(2, input(2, 3), output);
          assertThat(distance(output, expected)).isLessThan(1e-5);
        }
        long timed = Emulator.calls("cuEventElapsedTime") - before;
        assertThat(timed > 0).as("times of session %d", i).isEqualTo(i == 0);
      }
    }
  }

  /** When a plan is compiled, and when a batch of another size is run first. */
  @Test
  void saysHowFarItIs() {
    Graph graph = fused(least());
    List<String> heard = new ArrayList<>();
    BackendOptions options =
        new BackendOptions(1).withTuning((done, total) -> heard.add(done + "/" + total));
    try (Backend backend = OnEmulator.open(options);
        Plan plan = backend.compile(graph)) {
      int problems = CudaCompiler.lower(graph, Precision.FP32).problems().size();
      List<String> all =
          IntStream.rangeClosed(0, problems).mapToObj(done -> done + "/" + problems).toList();
      assertThat(heard).isEqualTo(all);
      heard.clear();
      try (Session session = plan.newSession(2)) {
        float[] output = new float[2 * Math.toIntExact(plan.outputShape().size())];
        session.run(2, input(2, 3), output);
        assertThat(heard).isEqualTo(all);
        session.run(2, input(2, 3), output);
        session.run(1, input(1, 3), output);
        assertThat(heard).isEqualTo(all);
      }
    }
  }

  /** More sizes of batches than graphs are kept. */
  @Test
  void keepsSomeGraphs() {
    Graph graph = fused(small(1));
    float[] input = input(12, 9);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(12)) {
      float[] all = new float[120];
      session.run(12, input, all);
      for (int batch = 1; batch <= 12; batch++) {
        float[] some = new float[batch * 10];
        session.run(batch, input, some);
        assertThat(some).isEqualTo(Arrays.copyOf(all, some.length));
      }
      assertThat(Emulator.calls("cuGraphInstantiateWithFlags")).isEqualTo(13);
      for (int batch = 12; batch >= 5; batch--) {
        session.run(batch, input, new float[120]);
      }
      assertThat(Emulator.calls("cuGraphInstantiateWithFlags")).isEqualTo(13);
      session.run(1, input, new float[120]);
      assertThat(Emulator.calls("cuGraphInstantiateWithFlags")).isEqualTo(14);
    }
  }

  /** Of the ways that were tried one stays, and smaller batches share what a larger one needs. */
  @Test
  void keepsWhatItHasChosenOnly() {
    try (Backend backend = OnEmulator.open(Precision.FP16);
        Plan plan = backend.compile(fused(small(1)));
        Session session = plan.newSession(4)) {
      session.run(4, input(4, 9), new float[40]);
      assertThat(Emulator.leaks())
          .anyMatch(alive -> alive.startsWith("cudnnBackendDescriptor"))
          .noneMatch(alive -> alive.startsWith("cudnnConvolutionDescriptor"))
          .filteredOn(alive -> alive.startsWith("cublasLt"))
          .hasSize(2 * OBJECTS_OF_PRODUCT); // the scores of 1 image and of 4
      long blocks = blocks();
      session.run(2, input(2, 9), new float[20]);
      session.run(1, input(1, 9), new float[10]);
      assertThat(blocks()).isEqualTo(blocks);
    }
  }

  private static long blocks() {
    return Emulator.leaks().stream().filter(alive -> alive.startsWith("device memory")).count();
  }

  /** Parts in two slots, of one size or two; what is missing in the order of streams would show. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 8, 23})
  void aLargeBatchPassesInParts(int batch) {
    Graph graph = fused(small(1));
    float[] input = input(23, 11);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph);
        Session whole = plan.newSession(23);
        Session parts = ((CudaPlan) plan).newSession(23, new BatchParts(4, 2))) {
      float[] expected = new float[batch * 10];
      whole.run(batch, Arrays.copyOf(input, batch * 3 * SIZE * SIZE), expected);
      float[] output = new float[batch * 10];
      for (int run = 0; run < 3; run++) {
        Arrays.fill(output, Float.NaN);
        parts.run(batch, input, output);
        assertThat(output).isEqualTo(expected);
      }
    }
  }

  /** A quarter of the bytes go to the device, and the results are those of the floats. */
  @Test
  void samplesPassInPartsToo() {
    Graph graph = fused(small(1));
    byte[] samples = new byte[9 * 3 * SIZE * SIZE];
    new Random(13).nextBytes(samples);
    SampleTable table = SampleTable.of(3, (channel, sample) -> sample / (99f + channel) - 1);
    float[] floats = new float[samples.length];
    table.read(MemorySegment.ofArray(samples), 9, SIZE * SIZE, floats, 0);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph);
        Session session = ((CudaPlan) plan).newSession(9, new BatchParts(4, 2))) {
      float[] expected = new float[90];
      session.run(9, floats, expected);
      for (int run = 0; run < 3; run++) {
        float[] output = new float[90];
        session.runSamples(9, samples, table, output);
        assertThat(output).isEqualTo(expected);
      }
    }
  }

  /** A probe sees every image of every part, at its place in the batch. */
  @Test
  void aProbeSeesAllParts() {
    Graph graph = fused(small(1));
    MemorySegment input = MemorySegment.ofArray(input(9, 11));
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph);
        Session whole = plan.newSession(9);
        Session parts = ((CudaPlan) plan).newSession(9, new BatchParts(4, 2))) {
      Seen expected = new Seen();
      float[] once = new float[90];
      whole.run(9, input, MemorySegment.ofArray(once), expected);
      Seen seen = new Seen();
      float[] output = new float[90];
      parts.run(9, input, MemorySegment.ofArray(output), seen);
      assertThat(output).isEqualTo(once);
      assertThat(seen.values.keySet()).isEqualTo(expected.values.keySet());
      seen.values.forEach(
          (at, values) -> assertThat(values).as(at).isEqualTo(expected.values.get(at)));
    }
  }

  /** Values by step and image. */
  private static final class Seen implements Probe {
    private final Map<String, float[]> values = new TreeMap<>();

    @Override
    public void observe(StepInfo step, int image, float[] value) {
      values.put(step.node() + " " + image, value.clone());
    }
  }

  @Test
  void aFullDeviceSaysWhatFits() {
    Graph graph = fused(small(1));
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(graph)) {
      Emulator.capacity(1L << 30);
      CudaContext context = ((CudaPlan) plan).context();
      long free = context.call(() -> DeviceMemory.freeBytes(context.gpu()));
      BatchParts cut = ((CudaPlan) plan).cut().parts(4000);
      long parts = DeviceLayout.of(((CudaPlan) plan).lowering(), cut).bytes();
      Emulator.capacity((1L << 30) - free + parts - 1);
      assertThatExceptionOfType(InsufficientMemoryException.class)
          .isThrownBy(() -> plan.newSession(4000))
          .withMessageContainingAll("a batch of 4000 needs", "MB are free", "largest batch");
      float[] output = new float[10];
      try (Session session = plan.newSession(1)) {
        session.run(1, input(1, 3), output);
      }
      float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 1, 3);
      assertThat(distance(output, expected)).isLessThan(1e-5);
    }
  }

  /** The session has its memory; the device has none left for what its first run needs. */
  @Test
  void aDeviceFullAtTheFirstRunSaysSo() {
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(fused(small(1)));
        Session session = plan.newSession(1)) {
      Emulator.fail("cuGraphInstantiateWithFlags", 1, 2);
      assertThatExceptionOfType(InsufficientMemoryException.class)
          .isThrownBy(() -> session.run(1, input(1, 3), new float[10]))
          .withMessageContainingAll("a batch of 1 has room for its values", "MB are free");
      session.run(1, input(1, 3), new float[10]);
    }
  }

  @Test
  void aDeviceFullWhenANetworkIsCompiledSaysSo() {
    Graph graph = fused(small(1));
    try (Backend backend = OnEmulator.open(Precision.FP32)) {
      for (String function : List.of("cuMemAlloc_v2", "cuMemHostAlloc")) {
        Emulator.fail(function, 1, 2);
        assertThatExceptionOfType(InsufficientMemoryException.class)
            .as(function)
            .isThrownBy(() -> {
              try (Plan plan = backend.compile(graph);
                  Session session = plan.newSession(1)) {
                session.run(1, input(1, 3), new float[10]);
              }
            })
            .withMessageContaining(
                function.equals("cuMemHostAlloc")
                    ? "no page-locked memory of the host"
                    : "no room for the network's weights");
      }
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** The first failure is told, whatever fails while it is explained. */
  @Test
  void aDeviceThatCannotSayWhatIsFree() {
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(fused(small(1)))) {
      Emulator.fail("cuMemAlloc_v2", 1, 2);
      Emulator.fail("cuMemGetInfo_v2", 1, 999);
      assertThatExceptionOfType(CudaException.class)
          .isThrownBy(() -> plan.newSession(1))
          .withMessageStartingWith("cuMemAlloc_v2")
          .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    }
  }
}
