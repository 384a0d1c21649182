package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.VectorWidth;

/** A network whose algorithms were measured, on the real clock and with a file. */
class MeasuredNetworkTest {
  private static final BackendOptions MEASURED =
      new BackendOptions(2).withAlgorithms(AlgorithmChoice.MEASURED);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("algorithms");
    System.setProperty(AlgorithmCacheFile.PROPERTY, file.toString());
  }

  @AfterEach
  void forgetTheFile() {
    System.clearProperty(AlgorithmCacheFile.PROPERTY);
  }

  @Test
  void givesTheReferencesLogits() {
    Graph graph = SmallNetworks.alternatives();
    float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph);
    assertThat(logits(Backends.open("simd", MEASURED), graph))
        .containsExactly(expected, within(1e-5f));
  }

  @Test
  void takesWhatTheFileSays() throws IOException {
    Graph graph = SmallNetworks.withoutStem();
    Conditions here = Conditions.current(VectorWidth.preferred(), 2);
    AlgorithmCache cache = new AlgorithmCache(file, here);
    for (ConvShape shape :
        List.of(
            new ConvShape(16, 64, 14, 14, 3, 1, 1, 1),
            new ConvShape(64, 64, 14, 14, 3, 1, 1, 1),
            new ConvShape(64, 64, 14, 14, 1, 1, 0, 1),
            new ConvShape(64, 40, 7, 7, 3, 2, 1, 1),
            new ConvShape(64, 64, 7, 7, 3, 1, 1, 8),
            new ConvShape(64, 64, 7, 7, 3, 1, 1, 64))) {
      cache.put(shape, MeasuredAlgorithms.candidates(shape), ConvAlgorithm.IMPLICIT_GEMM);
    }
    String written = Files.readString(file);
    try (Backend backend = Backends.open("simd", MEASURED);
        Plan plan = backend.compile(graph)) {
      assertThat(plan.steps().stream().map(StepInfo::kernel).distinct())
          .containsExactly("PACK_NCHW16C", "IMPLICIT_GEMM", "MAX_POOL", "GLOBAL_AVG_POOL");
    }
    assertThat(file).hasContent(written);
  }

  @Test
  void theDeviceSaysSo() {
    try (Backend measured = Backends.open("simd", MEASURED);
        Backend usual = Backends.open("simd", new BackendOptions(2))) {
      assertThat(measured.device()).isEqualTo(usual.device() + ", algorithms measured");
    }
    assertThat(BackendOptions.defaults().algorithms()).isEqualTo(AlgorithmChoice.BY_SHAPE);
  }

  @Test
  void timesKernels() {
    ConvShape shape = new ConvShape(16, 32, 14, 14, 3, 2, 1, 1);
    try (WorkerPool pool = new WorkerPool(2)) {
      KernelTimer timer = new KernelTimer(VectorWidth.preferred(), pool);
      Optional<long[]> nanos = timer.nanos(shape, MeasuredAlgorithms.candidates(shape));
      Assumptions.assumeTrue(nanos.isPresent(), "times did not settle: no C2, or a busy machine");
      assertThat(nanos.orElseThrow()).hasSize(2).doesNotContain(0);
    }
  }

  private static float[] logits(Backend opened, Graph graph) {
    try (Backend backend = opened;
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(1)) {
      float[] input = new float[(int) plan.inputShape().size()];
      for (int i = 0; i < input.length; i++) {
        input[i] = i * 37 % 101 / 50f - 1f;
      }
      float[] output = new float[(int) plan.outputShape().size()];
      session.run(1, input, output);
      return output;
    }
  }
}
