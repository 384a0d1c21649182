package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.support.Allocation;

/** How the network's input is laid out: pixel-interleaved only where all readers take it so. */
class InputLayoutTest {
  private static final Shape IMAGE = new Shape(3, 19, 23);
  private static final int BATCH = 2;

  /** Graphs by what reads the input, and the kernels that must serve them. */
  enum Readers {
    STEM("PACK_NHWC DIRECT_STEM"),
    STEM_AND_A_LATER_CONVOLUTION("PACK_NHWC DIRECT_STEM IM2COL_GEMM"),
    TWO_STEMS("PACK_NHWC DIRECT_STEM DIRECT_STEM"),
    STEM_AND_RESIDUAL("PACK_NCHW16C IM2COL_GEMM IM2COL_GEMM"),
    STEM_AND_POOL("PACK_NCHW16C MAX_POOL IM2COL_GEMM"),
    NONE("PACK_NCHW16C");

    private final String kernels;

    Readers(String kernels) {
      this.kernels = kernels;
    }

    private Graph graph() {
      GraphBuilder graph = new GraphBuilder();
      int input = graph.add("input", new Op.Input(IMAGE));
      switch (this) {
        case STEM -> graph.add("stem", conv(7, false), input);
        case STEM_AND_A_LATER_CONVOLUTION ->
            graph.add("later", conv(3, false), graph.add("stem", conv(7, false), input));
        case TWO_STEMS ->
            graph.add("two", conv(3, true), input, graph.add("stem", conv(7, false), input));
        case STEM_AND_RESIDUAL ->
            graph.add("later", conv(3, true), graph.add("stem", conv(7, false), input), input);
        case STEM_AND_POOL -> {
          graph.add("pool", new Op.MaxPool(new Window(3, 2, 1)), input);
          graph.add("stem", conv(7, false), input);
        }
        case NONE -> {}
      }
      return graph.build();
    }
  }

  private static Op.Conv conv(int kernel, boolean residual) {
    float[] weight = new float[3 * 3 * kernel * kernel];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = i * 29 % 31 / 40f - 0.4f;
    }
    return new Op.Conv(
        Tensor.of(weight, 3, 3, kernel, kernel),
        null,
        new Window(kernel, 1, kernel / 2),
        1,
        new Epilogue(residual, true));
  }

  private static float[] images() {
    float[] images = new float[(int) (BATCH * IMAGE.size())];
    for (int i = 0; i < images.length; i++) {
      images[i] = i * 37 % 101 / 50f - 1f;
    }
    return images;
  }

  @ParameterizedTest
  @EnumSource
  void servesItsReaders(Readers readers) {
    Graph graph = readers.graph();
    try (SimdBackend backend = new SimdBackend(3);
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(BATCH);
        Backend reference = Backends.open("reference", BackendOptions.defaults());
        Plan exact = reference.compile(graph);
        Session exactSession = exact.newSession(BATCH)) {
      assertThat(plan.steps().stream().map(StepInfo::kernel))
          .containsExactly(readers.kernels.split(" "));
      float[] expected = new float[(int) (BATCH * plan.outputShape().size())];
      float[] actual = new float[expected.length];
      exactSession.run(BATCH, images(), expected);
      session.run(BATCH, images(), actual);
      assertThat(actual).containsExactly(expected, within(1e-4f));
    }
  }

  /** Runs every item on a thread of its own, and counts them. */
  private static final class Elsewhere implements Parallel {
    private int items;

    @Override
    public int threads() {
      return 2;
    }

    @Override
    public void run(int count, Task task) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      for (int i = 0; i < count; i++) {
        int item = i;
        Thread thread = new Thread(() -> task.run(item, 1));
        thread.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
        thread.start();
        try {
          thread.join();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        items++;
      }
      assertThat(thrown).hasNullValue();
    }
  }

  /** A confined segment may be read by its own thread only, a shared one by the workers too. */
  @Test
  void readsConfinedAndSharedMemory() {
    MemorySegment heap = MemorySegment.ofArray(images());
    Elsewhere parallel = new Elsewhere();
    float[] expected = pack(heap, Parallel.SERIAL);
    assertThat(expected).doesNotContain(Float.NaN);
    try (Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      MemorySegment mine = confined.allocate(heap.byteSize() + 1).asSlice(1).copyFrom(heap);
      assertThat(pack(mine, parallel)).isEqualTo(expected);
      assertThat(parallel.items).isZero();
      MemorySegment everybodys = shared.allocate(heap.byteSize() + 1).asSlice(1).copyFrom(heap);
      assertThat(pack(everybodys, parallel)).isEqualTo(expected);
      assertThat(parallel.items).isGreaterThan(BATCH);
    }
  }

  private static float[] pack(MemorySegment images, Parallel parallel) {
    BlockedLayout layout =
        new BlockedLayout(
            IMAGE.channels(), BATCH, IMAGE.height(), IMAGE.width(), 3, IMAGE.channels());
    float[] data = new float[(int) layout.size()];
    Arrays.fill(data, Float.NaN);
    RunInput input = new RunInput();
    input.source = images;
    Placement.Value value = new Placement.Value(layout, Element.FLOAT32, 0, 0);
    new InputTask(value, new Activations.Floats(data), input, parallel).compute(0, BATCH);
    return data;
  }

  /** All memory is there when the session is open: not even the first run makes floats of bytes. */
  @Test
  void samplesNeedNoMemoryInTheFirstRun() {
    int batch = 64;
    SampleTable table = SampleTable.of(IMAGE.channels(), (_, sample) -> sample);
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(Readers.NONE.graph());
        Session other = plan.newSession(1);
        Session session = plan.newSession(batch)) {
      byte[] samples = new byte[(int) (batch * IMAGE.size())];
      float[] values = new float[samples.length];
      for (int i = 0; i < 2_000; i++) {
        other.runSamples(1, samples, table, values); // until it is compiled
      }
      long bytes = Allocation.bytes(() -> session.runSamples(batch, samples, table, values));
      assertThat(bytes).isLessThan(samples.length);
    }
  }

  /** From the caller's memory to the caller's memory. */
  @Test
  void allocatesNothingOnceCompiled() {
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(Readers.STEM.graph());
        Session session = plan.newSession(BATCH);
        Arena arena = Arena.ofConfined()) {
      MemorySegment images = arena.allocate(BATCH * IMAGE.size() * Float.BYTES + 1).asSlice(1);
      MemorySegment results = arena.allocate(BATCH * plan.outputShape().size() * Float.BYTES);
      Allocation.assertNone(() -> session.run(BATCH, images, results));
    }
  }
}
