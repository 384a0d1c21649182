package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.simd.kernel.ConvAlgorithm;
import org.resnet4j.simd.kernel.KernelPath;

/** What a plan keeps, and that a run in steady state allocates not one byte. */
@Timeout(180)
class AllocationTest {
  private static final int RUNS = 100;
  private static final long LIMIT_NANOS = 60_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "2, 1", "2, 2"})
  void noRunAllocates(int batch, int threads) {
    check(SmallNetworks.withoutStem(), batch, threads);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2"})
  void noRunOfAResNetAllocates(int batch, int threads) {
    Graph graph = SmallNetworks.resNet();
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(graph)) {
      String stem = plan.steps().get(1).kernel();
      Assumptions.assumeFalse(
          stem.equals(ConvAlgorithm.IM2COL_GEMM.name()), "the stem packs its matrices anew");
    }
    check(graph, batch, threads);
  }

  private static void check(Graph graph, int batch, int threads) {
    Assumptions.assumeTrue(KernelPath.current() == KernelPath.FMA, "no steady state without C2");
    Set<Thread> others = Thread.getAllStackTraces().keySet(); // of pools that are closing
    try (SimdBackend backend = new SimdBackend(threads);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch);
        Arena arena = Arena.ofConfined()) {
      float[] input = new float[(int) (batch * plan.inputShape().size())];
      float[] output = new float[(int) (batch * plan.outputShape().size())];
      MemorySegment from = arena.allocate(ValueLayout.JAVA_FLOAT, input.length);
      MemorySegment to = arena.allocate(ValueLayout.JAVA_FLOAT, output.length);
      long[] ids = workers(others);
      assertThat(ids).hasSize(threads - 1);
      assertThat(leastBytes(ids, () -> session.run(batch, input, output)))
          .as("bytes in %d runs on arrays", RUNS)
          .isZero();
      assertThat(leastBytes(ids, () -> session.run(batch, from, to)))
          .as("bytes in %d runs on segments", RUNS)
          .isZero();
    }
  }

  /** Ids of the threads of the pool opened since. */
  private static long[] workers(Set<Thread> others) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !others.contains(thread) && thread.getName().startsWith("resnet4j-simd-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  /** What the caller and the workers allocate in {@value #RUNS} runs, when C2 has done its work. */
  private static long leastBytes(long[] workers, Runnable run) {
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > 0 && System.nanoTime() - start < LIMIT_NANOS) {
      long workersBefore = allocated(workers);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        run.run();
      }
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      least = Math.min(least, bytes + allocated(workers) - workersBefore);
    }
    return least;
  }

  private static long allocated(long[] ids) {
    long bytes = 0;
    for (long id : ids) {
      bytes += THREADS.getThreadAllocatedBytes(id);
    }
    return bytes;
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
