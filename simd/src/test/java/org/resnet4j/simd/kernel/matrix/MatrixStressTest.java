package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.NativeMemory;

/** A million calls of machine code by many threads, while the JVM collects and stops them. */
class MatrixStressTest {
  private static final int THREADS = 16;
  private static final int CALLS = 1_000_000 / THREADS;
  private static final ConvShape SHAPE = new ConvShape(32, 32, 4, 4, 1, 1, 0, 1);
  private static final BlockedLayout LAYOUT =
      new BlockedLayout(32, 1, 4, 4, 0, BlockedLayout.WIDE_BLOCK);

  @BeforeAll
  static void needsTheUnit() {
    MatrixUnits.require();
  }

  @ParameterizedTest
  @EnumSource(UnitKind.class)
  void aMillionCalls(UnitKind kind) throws Exception {
    assumeThat(MatrixUnits.all()).contains(kind);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1)) {
      Future<Integer> disturber = threads.submit(() -> disturb(done));
      List<Future<Integer>> callers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread + 1;
        callers.add(threads.submit(() -> call(kind, seed)));
      }
      int calls = 0;
      try {
        for (Future<Integer> caller : callers) {
          calls += caller.get();
        }
      } finally {
        done.set(true);
      }
      assertThat(calls).isEqualTo(THREADS * CALLS);
      assertThat(disturber.get()).isPositive();
    }
  }

  /** Collections, and stops for stack traces; returns how many. */
  private static int disturb(AtomicBoolean done) throws InterruptedException {
    int count = 0;
    List<byte[]> garbage = new ArrayList<>();
    while (!done.get()) {
      garbage.add(new byte[1 << 16]);
      if (count % 50 == 0) {
        garbage.clear();
        System.gc();
      }
      assertThat(Thread.getAllStackTraces()).isNotEmpty();
      Thread.sleep(1);
      count++;
    }
    return count;
  }

  /** The unit matrix times the seed, on a thread's own memory; checks what every call gives. */
  private static int call(UnitKind kind, int seed) {
    float[] weight = new float[SHAPE.weights()];
    for (int c = 0; c < 32; c++) {
      weight[c * 32 + c] = seed;
    }
    MatrixConv conv = MatrixConv.pack(kind, SHAPE, false, weight, null, false, false);
    Workspace workspace = new Workspace(Parallel.SERIAL, MachineModel.GENERIC);
    MatrixConvCall call = conv.bind(LAYOUT, LAYOUT, null, workspace);
    workspace.allocate();
    long bytes = LAYOUT.size() * Bfloat16.BYTES;
    MemorySegment arena = NativeMemory.allocate(2 * bytes);
    int calls = 0;
    for (; calls < CALLS; calls++) {
      int at = calls % (int) LAYOUT.size();
      float value = calls % 128;
      arena.set(ValueLayout.JAVA_SHORT, 2L * at, Bfloat16.round(value));
      call.run(1, arena, 0, bytes, 0);
      short result = arena.get(ValueLayout.JAVA_SHORT, bytes + 2L * at);
      if (Bfloat16.value(result) != Bfloat16.value(Bfloat16.round(value * seed))) {
        throw new AssertionError("call " + calls + " gives " + Bfloat16.value(result));
      }
    }
    return calls;
  }
}
