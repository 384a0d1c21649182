package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.matrix.MatrixUnits;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ForkedJvm;

/**
 * What a plan keeps, and that a run in steady state allocates not one byte, on the caller's thread
 * or a worker's. In JVMs of their own: where other tests have used vectors of several widths, C2
 * has seen too many types to inline all of the largest kernels.
 */
@Timeout(180)
class AllocationTest {
  @Test
  void noRunAllocates() throws Exception {
    check("withoutStem", Precision.FP32);
  }

  @Test
  void noRunOfAResNetAllocates() throws Exception {
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(SmallNetworks.resNet())) {
      String stem = plan.steps().get(1).kernel();
      Assumptions.assumeFalse(
          stem.equals(ConvAlgorithm.IM2COL_GEMM.name()), "the stem packs its matrices anew");
    }
    check("resNet", Precision.FP32);
  }

  @Test
  void noRunInBfloat16Allocates() throws Exception {
    MatrixUnits.require();
    check("resNet", Precision.BF16);
  }

  /**
   * Batches of one and two on one thread and two, in one JVM, which compiles their kernels once.
   */
  private void check(String network, Precision precision) throws Exception {
    Assumptions.assumeTrue(KernelPath.current() == KernelPath.FMA, "no steady state without C2");
    checkPrinted(
        ForkedJvm.run(
            AllocationProbe.class, ForkedJvm.LAUNCHER_OPTIONS, network, precision.name()));
  }

  @Test
  void noRunByMachineCodeAloneAllocates() throws Exception {
    Assumptions.assumeTrue(TileKernels.areMachineCode(VectorWidth.preferred()), "no machine code");
    List<String> options = new ArrayList<>(ForkedJvm.LAUNCHER_OPTIONS);
    options.add("--enable-native-access=ALL-UNNAMED");
    checkPrinted(
        ForkedJvm.runWithoutVectors(
            AllocationProbe.class, options, "resNet", Precision.FP32.name()));
  }

  private static void checkPrinted(List<String> printed) {
    assertThat(printed).filteredOn("workers=0"::equals).hasSize(2);
    assertThat(printed).filteredOn("workers=1"::equals).hasSize(2);
    assertThat(printed)
        .filteredOn(line -> line.startsWith("bytes="))
        .hasSize(8)
        .containsOnly("bytes=0");
  }

  /** The packed weights are all; the graph's own can go. */
  @Test
  void aPlanKeepsNoWeightsButThePackedOnes() throws InterruptedException {
    Graph graph = SmallNetworks.withoutStem();
    List<WeakReference<float[]>> weights =
        graph.nodes().stream()
            .filter(node -> node.op() instanceof Op.Conv || node.op() instanceof Op.Linear)
            .map(node -> new WeakReference<>(node.op().tensors().getFirst().data()))
            .toList();
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(graph)) {
      graph = null;
      for (int i = 0; i < 100 && weights.stream().anyMatch(each -> each.get() != null); i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertThat(weights).hasSize(7).allSatisfy(each -> assertThat(each.get()).isNull());
      assertThat(plan.steps()).hasSize(10);
    }
  }
}
