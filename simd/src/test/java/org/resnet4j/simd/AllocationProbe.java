package org.resnet4j.simd;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;

/**
 * Runs a network until no run allocates any more, on arrays, then on segments. Arguments: a method
 * of {@link SmallNetworks} and a {@link Precision}.
 */
final class AllocationProbe {
  private static final int RUNS = 100;
  private static final long LIMIT_NANOS = 40_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationProbe() {}

  public static void main(String[] args) {
    Graph graph = args[0].equals("resNet") ? SmallNetworks.resNet() : SmallNetworks.withoutStem();
    for (int threads = 1; threads <= 2; threads++) {
      for (int batch = 1; batch <= 2; batch++) {
        check(graph, Precision.valueOf(args[1]), batch, threads);
      }
    }
  }

  private static void print(String key, long value) {
    System.out.println(key + value);
  }

  private static void check(Graph graph, Precision precision, int batch, int threads) {
    Set<Thread> others = Thread.getAllStackTraces().keySet(); // of pools that are closing
    BackendOptions options = new BackendOptions(threads).withPrecision(precision);
    try (SimdBackend backend = new SimdBackend(options);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch);
        Arena arena = Arena.ofConfined()) {
      float[] input = new float[(int) (batch * plan.inputShape().size())];
      float[] output = new float[(int) (batch * plan.outputShape().size())];
      MemorySegment from = arena.allocate(ValueLayout.JAVA_FLOAT, input.length);
      MemorySegment to = arena.allocate(ValueLayout.JAVA_FLOAT, output.length);
      long[] ids = workers(others);
      print("bytes=", leastBytes(ids, () -> session.run(batch, input, output)));
      print("bytes=", leastBytes(ids, () -> session.run(batch, from, to)));
      print("workers=", ids.length);
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
}
