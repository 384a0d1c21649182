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
import org.resnet4j.simd.kernel.ConvProblem.Numbers;
import org.resnet4j.simd.kernel.ConvProblem.Residual;

/** What {@link KernelPathTest} asks of each JVM; prints {@code key=value} lines. */
final class KernelPathProbe {
  private static final int SIZE = 33;
  private static final double TOLERANCE = 1e-5;
  private static final long LIMIT_NANOS = 10_000_000_000L;
  private static final int ROUNDS = 30;

  private KernelPathProbe() {}

  public static void main(String[] args) {
    exactConvolutions();
    networks();
    if (KernelPath.current() != KernelPath.SCALAR) {
      compareWithScalar();
    }
  }

  private static void print(String key, Object value) {
    System.out.println(key + "=" + value);
  }

  private static void exactConvolutions() {
    exact(new ConvShape(40, 33, 7, 9, 1, 1, 0, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(17, 32, 9, 7, 3, 1, 1, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(32, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.IMPLICIT_GEMM);
    exact(new ConvShape(64, 96, 7, 9, 1, 1, 0, 1), ConvAlgorithm.STRASSEN_GEMM);
    exact(new ConvShape(32, 33, 9, 8, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_2X2);
    exact(new ConvShape(32, 20, 9, 8, 3, 2, 1, 1), ConvAlgorithm.WINOGRAD_2X2);
    for (ConvShape shape :
        List.of(
            new ConvShape(32, 32, 6, 5, 3, 1, 1, 8),
            new ConvShape(32, 32, 6, 5, 3, 2, 1, 32),
            new ConvShape(3, 16, 17, 19, 7, 2, 3, 1))) {
      exact(shape, ConvAlgorithm.choose(shape));
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

  /** A bottleneck network without and with groups against the reference backend. */
  private static void networks() {
    network(1);
    network(2);
  }

  private static void network(int groups) {
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
    Graph unfused = ResNet.build(spec, SIZE, SIZE, new SeededWeights(5, Block.BOTTLENECK));
    float[] input = new float[3 * SIZE * SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 37 % 101 / 50f - 1f;
    }
    float[] logits;
    try (Backend simd = Backends.open("simd", new BackendOptions(2))) {
      print("device", simd.device());
      logits = run(simd, Passes.inference().apply(unfused), input, spec.numClasses());
    }
    try (Backend reference = Backends.open("reference", new BackendOptions(1))) {
      agree(logits, run(reference, unfused, input, spec.numClasses()));
    }
    print("path", KernelPath.current());
    print("bits", VectorWidth.preferred().bits());
    print("fma", CpuFeatures.current().fma());
    print("logits" + groups, Integer.toHexString(Arrays.hashCode(logits)));
  }

  private static float[] run(Backend backend, Graph graph, float[] input, int classes) {
    float[] output = new float[classes];
    try (Plan plan = backend.compile(graph);
        Session session = plan.newSession(1)) {
      session.run(1, input, output);
    }
    return output;
  }

  private static void agree(float[] actual, float[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(actual[i] - expected[i]));
      norm = Math.max(norm, Math.abs(expected[i]));
    }
    if (!(norm > 0) || !(error / norm <= TOLERANCE)) {
      throw new AssertionError(
          Arrays.toString(actual) + " differs from the reference's " + Arrays.toString(expected));
    }
  }

  /**
   * Medians of rounds that take turns, and what the chosen path allocates meanwhile: of the first
   * window that passes, when C2 has compiled both, else of the last one.
   */
  private static void compareWithScalar() {
    Tiles chosen = new Tiles(KernelPath.current());
    Tiles scalar = new Tiles(KernelPath.SCALAR);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    boolean fused = KernelPath.current() == KernelPath.FMA;
    long start = System.nanoTime();
    double ratio;
    long bytes;
    do {
      long[] chosenNanos = new long[ROUNDS];
      long[] scalarNanos = new long[ROUNDS];
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int round = 0; round < ROUNDS; round++) {
        chosenNanos[round] = chosen.time();
        scalarNanos[round] = scalar.time();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      ratio = (double) median(chosenNanos) / median(scalarNanos);
    } while ((ratio > 1 || (fused && bytes > 0)) && System.nanoTime() - start < LIMIT_NANOS);
    print("ratio", ratio);
    print("bytes", bytes);
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /**
   * The tiles of a 1x1 convolution with its epilogue in place, 64 to 64 channels on 28x28 pixels.
   */
  private static final class Tiles {
    private static final int PIXELS = 28 * 28;
    private static final int CHANNELS = 64;
    private static final int BLOCK = BlockedLayout.BLOCK;

    private final TileKernel kernel;
    private final int rows;
    private final int blocks;
    private final int[] offsets = new int[CHANNELS / BLOCK];
    private final float[] x = new float[PIXELS * CHANNELS];
    private final float[] y = new float[PIXELS * CHANNELS];
    private final float[] weights = new float[CHANNELS * CHANNELS];
    private final float[] bias = new float[CHANNELS];
    private final float[] floor = new float[BLOCK];

    Tiles(KernelPath path) {
      VectorWidth width = VectorWidth.preferred();
      blocks = Tiling.chooseBlocks(width, PIXELS, CHANNELS / BLOCK);
      rows = Tiling.maxRows(width, blocks);
      TileSpec spec = TileSpec.product(width, rows, blocks, BLOCK, 1, BLOCK);
      kernel = TileKernels.define(spec.with(true, true), path);
      for (int q = 0; q < offsets.length; q++) {
        offsets[q] = q * PIXELS * BLOCK;
      }
      Arrays.fill(x, 1f);
      Arrays.fill(weights, 0.5f);
    }

    long time() {
      long start = System.nanoTime();
      int blockStride = PIXELS * BLOCK;
      for (int block = 0; block + blocks <= CHANNELS / BLOCK; block += blocks) {
        for (int pixel = 0; pixel + rows <= PIXELS; pixel += rows) {
          int at = block * blockStride + pixel * BLOCK;
          kernel.run(
              offsets,
              0,
              offsets.length,
              x,
              pixel * BLOCK,
              weights,
              block * BLOCK * CHANNELS,
              y,
              at,
              blockStride,
              y,
              at,
              blockStride,
              bias,
              block * BLOCK,
              floor);
        }
      }
      return System.nanoTime() - start;
    }
  }
}
