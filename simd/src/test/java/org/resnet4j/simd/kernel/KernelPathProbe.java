package org.resnet4j.simd.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorObstacle;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/** What {@link KernelPathTest} asks of each JVM; prints {@code key=value} lines. */
final class KernelPathProbe {
  private static final int SIZE = 33;

  /** A busy machine may take longer to compile than one measurement lasts. */
  private static final long LIMIT_NANOS = 20_000_000_000L;

  /** In a millisecond. */
  private static final double NANOS = 1e6;

  private KernelPathProbe() {}

  public static void main(String[] args) {
    knownAnswer();
    exactConvolutions();
    networks();
    speed();
  }

  private static void print(String key, Object value) {
    System.out.println(key + "=" + value);
  }

  /** The self-test of a JVM that has loaded nothing yet, then the same again. */
  private static void knownAnswer() {
    VectorWidth width = VectorWidth.preferred();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    print("fault", KnownAnswers.faultAtStart(width).orElse("none"));
    long loaded = threads.getCurrentThreadCpuTime();
    KnownAnswers.faultAtStart(width, KnownAnswers::convolve);
    print("first", (loaded - start) / NANOS);
    print("again", (threads.getCurrentThreadCpuTime() - loaded) / NANOS);
  }

  private static void exactConvolutions() {
    exact(new ConvShape(40, 33, 7, 9, 1, 1, 0, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(17, 32, 9, 7, 3, 1, 1, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(32, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(64, 96, 7, 9, 1, 1, 0, 1), ConvAlgorithm.STRASSEN_GEMM);
    exact(new ConvShape(32, 33, 9, 8, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_2X2);
    exact(new ConvShape(32, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.WINOGRAD_2X2);
    exact(new ConvShape(5, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.IM2COL_GEMM);
    for (ConvShape shape :
        List.of(
            new ConvShape(32, 32, 6, 5, 3, 1, 1, 8),
            new ConvShape(32, 32, 6, 5, 3, 1, 1, 4),
            new ConvShape(32, 32, 6, 5, 3, 2, 1, 32),
            new ConvShape(3, 16, 17, 19, 7, 2, 3, 1))) {
      exact(shape, ConvAlgorithms.choose(shape, MachineModel.PORTABLE));
    }
  }

  private static void exact(ConvShape shape, ConvAlgorithm algorithm) {
    for (long seed = 1; seed <= 2; seed++) {
      ConvProblem problem =
          ConvProblem.random(
              Numbers.INTEGERS, shape, 2, true, Residual.SEPARATE, seed % 2 == 0, seed);
      ConvKernel kernel = problem.pack(algorithm, VectorWidth.preferred());
      GuardedRun run =
          new GuardedRun(problem, kernel.inputBlock())
              .expect(new IntegerOracle(problem).expected());
      run.run(run.bind(kernel, Parallel.SERIAL)).check(algorithm.name());
    }
  }

  /** A bottleneck network without and with groups. */
  private static void networks() {
    try (Backend simd = Backends.open("simd", new BackendOptions(2))) {
      print("device", simd.device());
      for (int groups = 1; groups <= 2; groups++) {
        float[] logits = logits(simd, Passes.inference().apply(network(groups)));
        print("logits" + groups, Arrays.toString(logits));
      }
    }
    print("path", KernelPath.current());
    print("fma", CpuFeatures.current().fma());
  }

  /** Not yet fused. */
  static Graph network(int groups) {
    ResNetSpec spec =
        new ResNetSpec(
            "small",
            Block.BOTTLENECK,
            List.of(1, 1, 1, 1),
            groups,
            64,
            16,
            11,
            StridePlacement.V1_5);
    return ResNet.build(spec, SIZE, SIZE, new SeededWeights(5, Block.BOTTLENECK));
  }

  /** Of a picture that is always the same. */
  static float[] logits(Backend backend, Graph graph) {
    float[] input = new float[3 * SIZE * SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 37 % 101 / 50f - 1f;
    }
    try (Plan plan = backend.compile(graph);
        Session session = plan.newSession(1)) {
      float[] output = new float[(int) plan.outputShape().size()];
      session.run(1, input, output);
      return output;
    }
  }

  /** Of the chosen path against plain loops, and the cause if it is slow. */
  private static void speed() {
    long start = System.nanoTime();
    VectorSpeed speed;
    do {
      speed = VectorSpeed.current();
    } while (isUnfinished(speed) && System.nanoTime() - start < LIMIT_NANOS);
    print("speed", speed.timesScalar());
    print("bytes", speed.allocatedBytes());
    print("obstacle", VectorObstacle.current().map(VectorObstacle::cause).orElse("none"));
  }

  /** Whether C2 has not compiled all; SSE alone, which has no maximum, boxes for ever. */
  private static boolean isUnfinished(VectorSpeed speed) {
    return switch (KernelPath.current()) {
      case SCALAR -> false;
      case MULTIPLY_ADD -> speed.timesScalar() < 1;
      case FMA -> !speed.isEnough() || speed.allocatedBytes() > 0;
    };
  }
}
