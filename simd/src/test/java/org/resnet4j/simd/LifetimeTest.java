package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.conformance.DeepCalls;
import org.resnet4j.core.conformance.Memory;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.support.ForkedJvm;

/** What ends when, what is kept, and what is not. */
@Timeout(120)
class LifetimeTest {
  private static final Graph GRAPH = SmallNetworks.least();
  private static final int INPUT = 16 * 4 * 4;

  private static float[] run(Session session) {
    float[] logits = new float[10];
    session.run(1, new float[INPUT], logits);
    return logits;
  }

  /** Whether something happens after some garbage collections. */
  private static boolean comesTrue(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      if (condition.getAsBoolean()) {
        return true;
      }
      System.gc();
      Thread.sleep(10);
    }
    return false;
  }

  private static List<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("resnet4j-simd-"))
        .toList();
  }

  private static List<Thread> newWorkers(List<Thread> before) {
    List<Thread> workers = new ArrayList<>(workers());
    workers.removeAll(before);
    return workers;
  }

  @Test
  void aCloseAtTheEndOfTheStackIsMadeGoodByTheNext() throws Exception {
    List<Thread> before = workers();
    int overflows = 0;
    for (int i = 0; i < 6; i++) {
      SimdBackend backend = new SimdBackend(3);
      overflows += DeepCalls.fromTheEnd(i, backend::close);
      backend.close();
      assertThatIllegalStateException().isThrownBy(() -> backend.compile(GRAPH));
    }
    assertThat(overflows).isGreaterThan(10);
    assertThat(comesTrue(() -> newWorkers(before).isEmpty())).isTrue();
  }

  @Test
  void threadsEndWithTheLastThatCanUseThem() throws Exception {
    List<Thread> before = workers();
    Session session = new SimdBackend(4).compile(GRAPH).newSession(1);
    List<Thread> own = newWorkers(before);
    assertThat(own).hasSize(3);
    run(session);
    System.gc();
    Thread.sleep(50);
    // The backend and the plan are out of reach, but not the session.
    assertThat(own).allMatch(Thread::isAlive);
    run(session);
    Reference.reachabilityFence(session);
    session = null;
    assertThat(comesTrue(() -> own.stream().noneMatch(Thread::isAlive))).isTrue();
  }

  /** The arena goes with the session's close, the packed weights with that of the last user. */
  @Test
  void whatIsClosedKeepsNoMemory() throws Exception {
    try (SimdBackend backend = new SimdBackend(2)) {
      SimdPlan plan = (SimdPlan) backend.compile(GRAPH);
      SimdSession session = (SimdSession) plan.newSession(2);
      List<WeakReference<float[]>> arenas =
          session.arenas().stream().map(WeakReference::new).toList();
      WeakReference<SimdStep> weights = new WeakReference<>(plan.lowered().get(1));
      float[] callers = new float[INPUT];
      WeakReference<float[]> input = new WeakReference<>(callers);
      session.run(1, callers, new float[10]);
      callers = null;
      plan.close();
      run(session);
      session.close();
      assertThat(comesTrue(() -> arenas.stream().allMatch(each -> each.get() == null))).isTrue();
      assertThat(comesTrue(() -> weights.get() == null)).isTrue();
      assertThat(comesTrue(() -> input.get() == null)).isTrue();
      assertThat(session.maxBatch()).isEqualTo(2);
      assertThat(plan.steps()).hasSize(4);
    }
  }

  @Test
  void aBackendClosedDuringTwoHundredRunsEndsThemProperly() throws Exception {
    int callers = 200;
    CountDownLatch running = new CountDownLatch(callers);
    SimdBackend backend = new SimdBackend(2);
    Plan plan = backend.compile(GRAPH);
    List<Future<Integer>> finished = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      float[] expected;
      try (Session session = plan.newSession(1)) {
        expected = run(session);
      }
      for (int i = 0; i < callers; i++) {
        Session session = plan.newSession(1);
        finished.add(executor.submit(() -> runUntilClosed(session, expected, running)));
      }
      running.await();
      plan.close();
      backend.close();
    }
    int runs = 0;
    for (Future<Integer> caller : finished) {
      runs += caller.get();
    }
    assertThat(runs).isGreaterThanOrEqualTo(callers);
    assertThatIllegalStateException().isThrownBy(() -> plan.newSession(1));
    System.out.printf(
        "R20: closed during %d callers' runs, %d finished, 0 failures%n", callers, runs);
  }

  private static int runUntilClosed(Session session, float[] expected, CountDownLatch running) {
    int runs = 0;
    try (session) {
      while (true) {
        assertThat(run(session)).isEqualTo(expected);
        runs++;
        running.countDown();
        Thread.yield();
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("closed");
      return runs;
    }
  }

  /** A JVM that ends while runs are in flight neither crashes nor hangs. */
  @Test
  void theJvmExitsUnderLoad() throws Exception {
    assertThat(ForkedJvm.run(ExitProbe.class, List.of("-Xshare:auto")))
        .anyMatch(line -> line.startsWith("exits after"));
    System.out.println("R20: System.exit under load, exit code 0");
  }

  @Test
  void openingAndClosingLeavesNothing() throws Exception {
    leavesNothing(200, 50);
    System.out.println(
        "R21: 200 cycles and 50 failing loads, no thread, heap and direct memory as before");
  }

  @Tag("soak")
  @Test
  @Timeout(1800)
  void openingAndClosingLeavesNothingForLong() throws Exception {
    cycles(4_000, 400); // what the JVM's compilers take and keep: 46 MB until the 2,000th
    long before = Memory.resident() - Memory.code();
    leavesNothing(10_000, 1_000);
    double growth = (Memory.resident() - Memory.code() - before) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "soak R21: 10000 cycles and 1000 failing loads, no thread, heap and direct memory as before,"
            + " resident memory %+.1f MB%n",
        growth);
    assertThat(growth).isLessThan(5);
  }

  private static void leavesNothing(int cycles, int failures) throws Exception {
    cycles(20, 5);
    int threads = workers().size();
    long heap = usedHeap();
    long direct = direct();
    cycles(cycles, failures);
    assertThat(comesTrue(() -> workers().size() <= threads)).isTrue();
    assertThat(comesTrue(() -> usedHeap() - heap < 2_000_000)).isTrue();
    assertThat(direct()).isEqualTo(direct);
  }

  private static void cycles(int cycles, int failures) {
    Graph meta = GRAPH.withoutValues();
    for (int i = 0; i < cycles; i++) {
      try (SimdBackend backend = new SimdBackend(2);
          Plan plan = backend.compile(GRAPH);
          Session session = plan.newSession(2)) {
        assertThat(run(session)).hasSize(10);
      }
    }
    try (SimdBackend backend = new SimdBackend(2)) {
      for (int i = 0; i < failures; i++) {
        assertThatIllegalArgumentException().isThrownBy(() -> backend.compile(meta));
      }
    }
  }

  /** Without what a thread has just been given to allocate in, which counts as used: 8 MB. */
  private static long usedHeap() {
    return Arrays.stream(new long[] {used(), used(), used()}).min().orElseThrow();
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
