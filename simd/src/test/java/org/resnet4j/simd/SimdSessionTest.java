package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

class SimdSessionTest {
  private static final ResNetSpec SPEC =
      ResNetSpec.of("small", Block.BOTTLENECK, List.of(1, 1, 1, 1), 2, 32).withBaseWidth(20);

  private static Graph graph() {
    return Passes.inference()
        .apply(ResNet.build(SPEC, 65, 49, new SeededWeights(1, Block.BOTTLENECK)));
  }

  private static float[] input() {
    float[] input = new float[2 * 3 * 65 * 49];
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 37 % 101 / 50f - 1f;
    }
    return input;
  }

  private static float[] logits(VectorWidth width, int threads) {
    float[] output = new float[2 * SPEC.numClasses()];
    try (SimdBackend backend = new SimdBackend(threads, width);
        SimdPlan plan = (SimdPlan) backend.compile(graph());
        SimdSession session = (SimdSession) plan.newSession(2)) {
      session.run(2, input(), output);
    }
    return output;
  }

  /** The numeric contract, on a whole network. */
  @Test
  void theSameBitsAtEveryWidthAndNumberOfThreads() {
    float[] expected = logits(VectorWidth.BITS_512, 1);
    for (VectorWidth width : VectorWidth.values()) {
      for (int threads : new int[] {1, 2, 3, 5}) {
        assertThat(logits(width, threads)).as("%s, %d threads", width, threads).isEqualTo(expected);
      }
    }
  }

  /** A batch of more than a chunk, whose early steps take an image at a time. */
  @Test
  void partsAndChunksChangeNothing() {
    int batch = 18;
    Graph graph = SmallNetworks.deep(320, 256);
    int pixels = (int) graph.inputShape().size();
    int classes = (int) graph.output().shape().size();
    SplittableRandom random = new SplittableRandom(1);
    float[] input = new float[batch * pixels];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextDouble(-1, 1);
    }
    try (SimdBackend backend = new SimdBackend(2);
        SimdPlan plan = (SimdPlan) backend.compile(graph);
        SimdSession whole = (SimdSession) plan.newSession(batch);
        SimdSession single = (SimdSession) plan.newSession(1)) {
      float[] logits = new float[batch * classes];
      whole.run(batch, input, logits);
      List<float[]> seen = new ArrayList<>();
      float[] probed = new float[batch * classes];
      whole.run(
          batch,
          MemorySegment.ofArray(input),
          MemorySegment.ofArray(probed),
          (step, image, values) -> {
            if (step.node().equals("layer2.0.conv1")) {
              assertThat(image).isEqualTo(seen.size());
              seen.add(values);
            }
          });
      assertThat(probed).isEqualTo(logits);
      assertThat(seen).hasSize(batch);
      for (int image = 0; image < batch; image++) {
        float[] one = Arrays.copyOfRange(input, image * pixels, (image + 1) * pixels);
        float[] result = new float[classes];
        float[] value = seen.get(image);
        single.run(
            1,
            MemorySegment.ofArray(one),
            MemorySegment.ofArray(result),
            (step, _, values) -> {
              if (step.node().equals("layer2.0.conv1")) {
                assertThat(value).isEqualTo(values);
              }
            });
        assertThat(Arrays.copyOfRange(logits, image * classes, (image + 1) * classes))
            .as("image %d", image)
            .isEqualTo(result);
      }
    }
  }

  /**
   * Every value a step reads was written by a step of the same run: what the arena held before does
   * not matter.
   */
  @Test
  void aPoisonedArenaChangesNothing() {
    float[] input = input();
    try (SimdBackend backend = new SimdBackend(2);
        SimdPlan plan = (SimdPlan) backend.compile(graph());
        SimdSession session = (SimdSession) plan.newSession(3)) {
      for (int batch = 1; batch <= 2; batch++) {
        float[] clean = new float[batch * SPEC.numClasses()];
        session.run(batch, input, clean);
        session.arenas().forEach(arena -> Arrays.fill(arena, Float.NaN));
        float[] poisoned = new float[batch * SPEC.numClasses()];
        session.run(batch, input, poisoned);
        assertThat(poisoned).isEqualTo(clean);
        assertThat(clean[0]).isNotNaN();
      }
    }
  }

  /** Each thread takes as many images of a batch; what is left over they compute together. */
  @Test
  void lanesAndWhatIsLeftOverChangeNothing() {
    int threads = 3;
    int most = 8;
    float[] two = input();
    int pixels = two.length / 2;
    float[] images = new float[most * pixels];
    for (int i = 0; i < images.length; i++) {
      images[i] = two[i % two.length] * (1 + i / pixels / 8f);
    }
    int classes = SPEC.numClasses();
    try (SimdBackend backend = new SimdBackend(threads);
        SimdPlan plan = (SimdPlan) backend.compile(graph());
        SimdSession single = (SimdSession) plan.newSession(1);
        SimdSession session = (SimdSession) plan.newSession(most)) {
      assertThat(single.arenas()).hasSize(1);
      assertThat(session.arenas()).hasSize(1 + threads);
      float[] expected = new float[most * classes];
      for (int image = 0; image < most; image++) {
        float[] logits = new float[classes];
        single.run(1, Arrays.copyOfRange(images, image * pixels, (image + 1) * pixels), logits);
        System.arraycopy(logits, 0, expected, image * classes, classes);
      }
      for (int batch = 1; batch <= most; batch++) {
        float[] logits = new float[most * classes];
        session.run(batch, images, logits);
        assertThat(logits)
            .as("batch %d", batch)
            .isEqualTo(Arrays.copyOf(Arrays.copyOf(expected, batch * classes), most * classes));
      }
    }
  }

  @Test
  void saysWhichKernelServesWhichLayer() {
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(graph())) {
      assertThat(plan.steps().stream().map(StepInfo::kernel).distinct())
          .containsExactly(
              "PACK_NHWC", "DIRECT_STEM", "MAX_POOL", "IMPLICIT_GEMM", "GLOBAL_AVG_POOL");
      assertThat(plan.steps().get(1).node()).isEqualTo("conv1");
      assertThat(plan.steps().get(1).kernel()).isEqualTo("DIRECT_STEM");
    }
  }

  /** Working memory is that of a chunk: a large batch needs no more. */
  @Test
  void memoryDoesNotGrowWithTheBatch() {
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(graph());
        SimdSession chunk = (SimdSession) plan.newSession(16);
        SimdSession large = (SimdSession) plan.newSession(1_000_000)) {
      assertThat(large.arenas().getFirst()).hasSameSizeAs(chunk.arenas().getFirst());
      assertThat(large.maxBatch()).isEqualTo(1_000_000);
    }
  }

  @Test
  void refusesABatchThatDoesNotFitAndNamesOneThatDoes() {
    Graph huge =
        Passes.inference()
            .apply(ResNet.build(SPEC, 50_000, 49_000, new SeededWeights(1, Block.BOTTLENECK)));
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(huge)) {
      assertThatThrownBy(() -> plan.newSession(2))
          .isInstanceOf(InsufficientMemoryException.class)
          .hasMessageContaining("a batch of 2 needs")
          .hasMessageContaining("not even one image fits")
          .hasMessageContaining("-Xmx");
    }
  }

  @Test
  void refusesAGraphThatIsNotFused() {
    Graph unfused = ResNet.build(SPEC, 65, 49, new SeededWeights(1, Block.BOTTLENECK));
    try (SimdBackend backend = new SimdBackend(1)) {
      assertThatThrownBy(() -> backend.compile(unfused))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("bn1")
          .hasMessageContaining("Passes.inference()");
    }
  }

  /**
   * The tests would pass on emulated vectors too: on hardware that has them, the vector path must
   * be the real one.
   */
  @Test
  void usesTheWidthTheProcessorHas() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    Assumptions.assumeTrue(Files.isReadable(cpuinfo), "no /proc/cpuinfo here");
    List<String> flags =
        Files.readAllLines(cpuinfo).stream()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(line -> List.of(line.split("\\s+")))
            .orElse(List.of());
    Assumptions.assumeTrue(flags.contains("avx2") && flags.contains("fma"), "not an AVX2 machine");
    assertThat(VectorWidth.preferred())
        .isEqualTo(flags.contains("avx512f") ? VectorWidth.BITS_512 : VectorWidth.BITS_256);
    assertThat(CpuFeatures.current())
        .isEqualTo(new CpuFeatures(true, true, VectorWidth.preferred().bits()));
    assertThat(KernelPath.current()).isEqualTo(KernelPath.FMA);
  }
}
