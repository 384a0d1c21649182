package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.memory.BatchParts;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Networks;

/** Calls of driver, cuDNN and cuBLAS fail while a network is opened, run and closed. */
class CudaFaultsTest {
  private static final int SIZE = 17;

  /** For the driver an unknown error, for cuDNN an internal one: nothing to go round. */
  private static final int CODE = 4000;

  /** Of the calls of one function, so many are made to fail, the first and the last among them. */
  private static final int CALLS = 4;

  /** Functions that return something else, and cannot fail, or whose failure is for doctor. */
  private static final Set<String> WITHOUT_STATUS =
      Set.of(
          "cudnnGetVersion",
          "cudnnGetCudartVersion",
          "cudnnGetLastErrorString",
          "cudnnGraphVersionCheck",
          "cudnnOpsVersionCheck",
          "cudnnCnnVersionCheck");

  /** Ways of computing round differently, and which is the fastest is chance here. */
  private static final Offset<Float> MEASURED_DIFFERS = Offset.offset(1e-4f);

  private static final Graph GRAPH = Networks.tiny(Block.BASIC, SIZE);

  /** One convolution of each kind, for every way of each is timed. */
  private static final Graph EACH_KIND = eachKind();

  @BeforeEach
  void load() {
    Emulator.load();
  }

  /** Those of 1x1 are products of matrices too. */
  private static Graph eachKind() {
    GraphBuilder graph = new GraphBuilder();
    int input = graph.add("input", new Op.Input(new Shape(3, SIZE, SIZE)));
    int stem = graph.add("stem", conv(8, 3, 3, new Window(3, 2, 1), false), input);
    int product = graph.add("product", conv(8, 8, 1, new Window(1, 1, 0), false), stem);
    int sum = graph.add("sum", conv(8, 8, 1, new Window(1, 1, 0), true), product, stem);
    int pool = graph.add("pool", new Op.GlobalAvgPool(), sum);
    graph.add("fc", new Op.Linear(weights(5, 8), weights(5)), pool);
    return graph.build();
  }

  private static Op conv(int out, int in, int kernel, Window window, boolean residual) {
    Epilogue epilogue = new Epilogue(residual, true);
    return new Op.Conv(weights(out, in, kernel, kernel), weights(out), window, 1, epilogue);
  }

  private static Tensor weights(int... dims) {
    int count = IntStream.of(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i * 29 % 97 / 97f - 0.45f;
    }
    return Tensor.of(values, dims);
  }

  private static float[] scenario() {
    return scenario(AlgorithmChoice.BY_SHAPE);
  }

  private static float[] scenario(AlgorithmChoice choice) {
    Emulator.option("clock.operations", 1); // a millisecond each: nothing is repeated to be timed
    try (Backend backend = OnEmulator.open(Precision.FP32, choice);
        Plan plan = backend.compile(choice == AlgorithmChoice.BY_SHAPE ? GRAPH : EACH_KIND);
        Session session = plan.newSession(2);
        Session parts = ((CudaPlan) plan).newSession(2, new BatchParts(1, 2))) {
      float[] whole = run(session);
      float[] inParts = run(parts);
      switch (choice) {
        case BY_SHAPE -> assertThat(inParts).isEqualTo(whole);
        case MEASURED -> assertThat(inParts).containsExactly(whole, MEASURED_DIFFERS);
      }
      return whole;
    }
  }

  private static float[] run(Session session) {
    float[] input = new float[2 * 3 * SIZE * SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 37 % 101 / 50f - 1f;
    }
    float[] output = new float[10];
    session.run(2, input, output);
    session.run(2, input, output);
    return output;
  }

  private static Map<String, Integer> callsOfACleanRun(AlgorithmChoice choice) {
    Emulator.reset();
    scenario(choice);
    assertThat((long) Emulator.trace().size()).isEqualTo(Emulator.calls());
    Map<String, Integer> calls = new LinkedHashMap<>();
    Emulator.trace().forEach(function -> calls.merge(function, 1, Integer::sum));
    return calls;
  }

  @Test
  void everyFunctionMayFail() {
    Map<String, Integer> calls = callsOfACleanRun(AlgorithmChoice.BY_SHAPE);
    assertThat(calls).containsKeys("cuGraphLaunch", "cudnnBackendExecute", "cublasLtMatmul");
    failEach(calls, AlgorithmChoice.BY_SHAPE);
  }

  /** What is called only where every way is timed. */
  @Test
  void everyWayMayFail() {
    Map<String, Integer> calls = callsOfACleanRun(AlgorithmChoice.MEASURED);
    calls.keySet().removeAll(callsOfACleanRun(AlgorithmChoice.BY_SHAPE).keySet());
    assertThat(calls)
        .containsKeys(
            "cudnnConvolutionBiasActivationForward", "cudnnConvolutionForward", "cublasGemmEx");
    failEach(calls, AlgorithmChoice.MEASURED);
  }

  private static void failEach(Map<String, Integer> calls, AlgorithmChoice choice) {
    float[] byShape = scenario();
    float[] expected = scenario(choice);
    calls.keySet().removeAll(WITHOUT_STATUS);
    calls.forEach((function, all) -> {
      // Whether a way is chosen after it was timed, and called again, is chance.
      int count = choice == AlgorithmChoice.BY_SHAPE ? all : Math.max(1, all / 2);
      int most = choice == AlgorithmChoice.BY_SHAPE ? CALLS : 2;
      for (int i = 0; i < Math.min(most, count); i++) {
        int nth = count <= most ? i + 1 : 1 + i * (count - 1) / (most - 1);
        Emulator.reset();
        Emulator.fail(function, nth, CODE);
        Throwable thrown =
            catchThrowable(() ->
                // Another way may round differently.
                assertThat(scenario(choice)).containsExactly(expected, MEASURED_DIFFERS));
        if (thrown != null) {
          assertThat(thrown)
              .as("call %d of %d of %s", nth, count, function)
              .isInstanceOfAny(expectedAfter(function))
              .hasMessageContaining(function.replaceFirst("_v2$", ""));
        } else {
          assertThat(goesRound(function)).as("call %d of %s is gone round", nth, function).isTrue();
        }
        assertThat(Emulator.leaks())
            .as("call %d of %s", nth, function)
            .hasSizeLessThanOrEqualTo(releases(function) ? 1 : 0);
        assertThat(scenario()).isEqualTo(byShape);
      }
    });
  }

  /**
   * A driver that is there when it is looked for and gone when it is used is no case of its own.
   */
  private static Class<?>[] expectedAfter(String function) {
    return Set.of("cuInit", "cuDriverGetVersion", "cuDeviceGetCount").contains(function)
        ? new Class<?>[] {BackendUnavailableException.class, IllegalStateException.class}
        : new Class<?>[] {BackendUnavailableException.class, CudaException.class};
  }

  /** What says that a library cannot do something, while ways of computing are tried. */
  private static boolean goesRound(String function) {
    return function.startsWith("cudnn") || function.startsWith("cublas");
  }

  private static boolean releases(String function) {
    return function.matches(".*(Free|Destroy|Unload|Release).*");
  }

  /** A part fails while another is in flight. */
  @Test
  void aBatchInPartsGoesOnAfterAFailure() {
    float[] expected = scenario();
    Emulator.reset();
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(GRAPH);
        Session session = ((CudaPlan) plan).newSession(2, new BatchParts(1, 2))) {
      for (int nth = 1; nth <= 2; nth++) {
        for (String function :
            List.of(
                "cuGraphLaunch", "cuMemcpyHtoDAsync_v2", "cuStreamWaitEvent", "cuEventRecord")) {
          Emulator.fail(function, nth, CODE);
          assertThat(catchThrowable(() -> run(session)))
              .as("call %d of %s", nth, function)
              .isInstanceOf(CudaException.class);
          assertThat(run(session)).isEqualTo(expected);
        }
      }
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  /**
   * A close that is repeated, as after a failure it may be, ends the session's use of the plan
   * once.
   */
  @Test
  void aRepeatedCloseTakesNothingFromOthers() {
    float[] expected = scenario();
    for (int nth = 1; nth <= 2; nth++) {
      Emulator.reset();
      try (Backend backend = OnEmulator.open(Precision.FP32)) {
        Plan plan = backend.compile(GRAPH);
        Session first = plan.newSession(2);
        Session second = plan.newSession(2);
        run(first);
        Emulator.fail("cuMemFree_v2", nth, CODE);
        assertThat(catchThrowable(first::close)).isInstanceOf(CudaException.class);
        first.close();
        plan.close();
        assertThat(run(second)).isEqualTo(expected);
        second.close();
      }
    }
  }

  /** Callbacks may throw what they do not declare. */
  @Test
  void checkedExceptionsOfCallbacksComeThrough() {
    float[] expected = scenario();
    Emulator.reset();
    Exception checked = new Exception("checked");
    GraphBuilder builder = new GraphBuilder();
    int input = builder.add("input", new Op.Input(new Shape(3, 8, 8)));
    Tensor lazy =
        Tensor.lazy(() -> CudaFaultsTest.<float[], RuntimeException>sneak(checked), 4, 3, 1, 1);
    builder.add("conv", new Op.Conv(lazy, null, new Window(1, 1, 0), 1, Epilogue.NONE), input);
    Graph broken = builder.build();
    Probe probe =
        new Probe() {
          @Override
          public boolean wantsValue(StepInfo step, int image) {
            return CudaFaultsTest.<Boolean, RuntimeException>sneak(checked);
          }

          @Override
          public void observe(StepInfo step, int image, float[] values) {}
        };
    MemorySegment pictures = MemorySegment.ofArray(new float[2 * 3 * SIZE * SIZE]);
    MemorySegment logits = MemorySegment.ofArray(new float[10]);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(GRAPH);
        Session session = plan.newSession(2)) {
      assertThat(catchThrowable(() -> backend.compile(broken))).isSameAs(checked);
      assertThat(catchThrowable(() -> session.run(2, pictures, logits, probe))).isSameAs(checked);
      assertThat(run(session)).isEqualTo(expected);
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** Its memory is the next run's. */
  @Test
  void partsInFlightAreWaitedForWhateverIsThrown() {
    Exception checked = new Exception("checked");
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(GRAPH);
        Session session = ((CudaPlan) plan).newSession(4, new BatchParts(1, 2))) {
      AtomicInteger looks = new AtomicInteger();
      Deadline deadline =
          Deadline.after(
              Duration.ofHours(1),
              () ->
                  looks.incrementAndGet() == 4
                      ? CudaFaultsTest.<Long, RuntimeException>sneak(checked)
                      : 0);
      float[] input = new float[4 * 3 * SIZE * SIZE];
      assertThat(catchThrowable(() -> session.run(4, input, new float[20], deadline)))
          .isSameAs(checked);
      assertThat(Emulator.trace()).endsWith("cuStreamSynchronize", "cuStreamSynchronize");
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <R, T extends Throwable> R sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Half a table on the device is none. */
  @Test
  void samplesAreReadByTheirTableAfterAFailure() {
    SampleTable one = SampleTable.of(3, (channel, sample) -> sample / 99f - channel);
    SampleTable other = SampleTable.of(3, (channel, sample) -> channel - sample / 77f);
    byte[] samples = new byte[3 * SIZE * SIZE];
    new Random(3).nextBytes(samples);
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(GRAPH);
        Session session = plan.newSession(1)) {
      float[] expected = new float[5];
      session.runSamples(1, samples, one, expected);
      float[] output = new float[5];
      for (String function : List.of("cuMemcpyHtoDAsync_v2", "cuStreamSynchronize")) {
        Emulator.fail(function, 1, CODE);
        assertThat(catchThrowable(() -> session.runSamples(1, samples, other, output)))
            .as(function)
            .isInstanceOf(CudaException.class);
        session.runSamples(1, samples, one, output);
        assertThat(output).isEqualTo(expected);
      }
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** The session whose run has failed goes on. */
  @Test
  void aSessionGoesOnAfterAFailure() {
    float[] expected = scenario();
    Emulator.reset();
    try (Backend backend = OnEmulator.open(Precision.FP32);
        Plan plan = backend.compile(GRAPH);
        Session session = plan.newSession(2)) {
      for (String function : List.of("cuStreamBeginCapture_v2", "cuGraphLaunch")) {
        Emulator.fail(function, 1, CODE);
        assertThat(catchThrowable(() -> run(session)))
            .as(function)
            .isInstanceOf(CudaException.class);
        assertThat(run(session)).isEqualTo(expected);
      }
    }
    assertThat(Emulator.leaks()).isEmpty();
  }
}
