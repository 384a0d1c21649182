package org.resnet4j.simd.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Convolutions of small whole numbers, whose sums are exact in every order: what tells a JVM that
 * compiles or runs vector code wrongly from a sound one. Thread-safe.
 */
public final class KnownAnswers {
  /**
   * Few multiply-adds, since vectors are slow until C2 has compiled them, by the kernel that every
   * network needs.
   */
  private static final List<Problem> SMALL =
      List.of(new Problem(ConvAlgorithm.IMPLICIT_GEMM, new ConvShape(32, 16, 1, 3, 1, 1, 0, 1)));

  /** As large as a network's layers, which take the kernels that networks take. */
  private static final List<Problem> LARGE =
      List.of(
          new Problem(ConvAlgorithm.DIRECT_STEM, new ConvShape(3, 64, 56, 56, 7, 2, 3, 1)),
          new Problem(ConvAlgorithm.IM2COL_GEMM, new ConvShape(3, 64, 28, 28, 3, 1, 1, 1)),
          new Problem(ConvAlgorithm.IMPLICIT_GEMM, new ConvShape(64, 96, 28, 28, 1, 1, 0, 1)),
          new Problem(ConvAlgorithm.IMPLICIT_GEMM, new ConvShape(320, 256, 7, 7, 1, 1, 0, 1)),
          new Problem(ConvAlgorithm.IMPLICIT_GEMM, new ConvShape(64, 64, 14, 14, 3, 2, 1, 1)),
          new Problem(ConvAlgorithm.STRASSEN_GEMM, new ConvShape(64, 64, 14, 14, 1, 1, 0, 1)),
          new Problem(ConvAlgorithm.WINOGRAD_2X2, new ConvShape(32, 64, 14, 14, 3, 1, 1, 1)),
          new Problem(ConvAlgorithm.WINOGRAD_2X2, new ConvShape(32, 64, 28, 28, 3, 2, 1, 1)),
          new Problem(ConvAlgorithm.WINOGRAD_4X2, new ConvShape(32, 64, 14, 14, 3, 1, 1, 1)),
          new Problem(ConvAlgorithm.WINOGRAD_4X4, new ConvShape(32, 64, 28, 28, 3, 1, 1, 1)),
          new Problem(ConvAlgorithm.GROUPED, new ConvShape(64, 64, 14, 14, 3, 1, 1, 64)),
          new Problem(ConvAlgorithm.GROUPED, new ConvShape(64, 64, 14, 14, 3, 1, 1, 16)),
          new Problem(ConvAlgorithm.GROUPED, new ConvShape(64, 64, 14, 14, 3, 2, 1, 8)));

  /** Of a problem; each calls the kernel that computes most of it at least 20 times. */
  private static final int RUNS = 1000;

  private static final Map<VectorWidth, Optional<String>> CHECKED = new ConcurrentHashMap<>();

  private KnownAnswers() {}

  /** A convolution and what computes it. */
  record Problem(ConvAlgorithm algorithm, ConvShape shape) {
    /** -3 to 3. */
    float[] weight() {
      return numbers(shape.weights(), 5, 7);
    }

    /** -2 to 2. */
    float[] bias() {
      return numbers(shape.outChannels(), 3, 5);
    }

    /** NCHW, -5 to 5. */
    float[] image() {
      return numbers(shape.inChannels() * shape.height() * shape.width(), 7, 11);
    }

    /** Whether every step is exact in floats; the other algorithms are off by a hundredth or so. */
    boolean exact() {
      return switch (algorithm) {
        case WINOGRAD_4X2, WINOGRAD_4X4 -> false;
        case DIRECT_STEM, GROUPED, IM2COL_GEMM, IMPLICIT_GEMM, STRASSEN_GEMM, WINOGRAD_2X2 -> true;
      };
    }

    private static float[] numbers(int count, int step, int range) {
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = (long) i * step % range - range / 2;
      }
      return numbers;
    }
  }

  /** What computes a problem. */
  @FunctionalInterface
  interface Engine {
    /** The result, NCHW, with its ReLU. */
    float[] compute(Problem problem, VectorWidth width);
  }

  /**
   * Computes a small problem on this JVM as it is, once per process and width.
   *
   * @return what is wrong, or empty
   */
  public static Optional<String> faultAtStart(VectorWidth width) {
    return CHECKED.computeIfAbsent(width, each -> faultAtStart(each, KnownAnswers::convolve));
  }

  /** The same by another engine. */
  static Optional<String> faultAtStart(VectorWidth width, Engine engine) {
    return fault(SMALL, 1, width, engine);
  }

  /**
   * Computes problems of every algorithm so often that the JVM compiles their kernels, and compares
   * the answer of each run; takes some seconds.
   *
   * @return what is wrong, or empty
   */
  public static Optional<String> faultWhenCompiled(VectorWidth width) {
    return faultWhenCompiled(width, RUNS, KnownAnswers::convolve);
  }

  /** The same by another engine and with fewer runs. */
  static Optional<String> faultWhenCompiled(VectorWidth width, int runs, Engine engine) {
    return fault(LARGE, runs, width, engine);
  }

  private static Optional<String> fault(
      List<Problem> problems, int runs, VectorWidth width, Engine engine) {
    for (Problem problem : problems) {
      float[] expected = expected(problem);
      float[] first = engine.compute(problem, width);
      Optional<String> fault = difference(problem, first, expected, 1);
      for (int run = 2; run <= runs && fault.isEmpty(); run++) {
        fault = difference(problem, engine.compute(problem, width), first, run);
      }
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  /** By our kernels. */
  static float[] convolve(Problem problem, VectorWidth width) {
    ConvShape shape = problem.shape();
    float[] y = new float[shape.outChannels() * shape.outHeight() * shape.outWidth()];
    Conv2d.pack(shape, problem.algorithm(), width, problem.weight(), problem.bias(), true)
        .run(1, problem.image(), y, Parallel.SERIAL);
    return y;
  }

  private static Optional<String> difference(
      Problem problem, float[] actual, float[] expected, int run) {
    for (int i = 0; i < expected.length; i++) {
      float value = run == 1 && !problem.exact() ? (float) Math.rint(actual[i]) : actual[i];
      if (value != expected[i]) {
        return Optional.of(
            "%s gives %s where %s is right, in output %s of run %s of %s"
                .formatted(problem.algorithm(), actual[i], expected[i], i, run, problem.shape()));
      }
    }
    return Optional.empty();
  }

  /** By the definition, in whole numbers. */
  private static float[] expected(Problem problem) {
    ConvShape shape = problem.shape();
    float[] x = problem.image();
    float[] weight = problem.weight();
    float[] bias = problem.bias();
    float[] y = new float[shape.outChannels() * shape.outHeight() * shape.outWidth()];
    int to = 0;
    for (int k = 0; k < shape.outChannels(); k++) {
      for (int i = 0; i < shape.outHeight(); i++) {
        for (int j = 0; j < shape.outWidth(); j++) {
          y[to++] = Math.max(0, (long) bias[k] + sum(shape, x, weight, k, i, j));
        }
      }
    }
    return y;
  }

  private static long sum(ConvShape shape, float[] x, float[] weight, int k, int i, int j) {
    long sum = 0;
    int from = k * shape.inChannelsPerGroup() * shape.taps();
    for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
      int plane = (shape.firstInput(k) + c) * shape.height();
      for (int r = 0; r < shape.kernel(); r++) {
        int row = i * shape.stride() + r - shape.padding();
        for (int s = 0; s < shape.kernel(); s++, from++) {
          int column = j * shape.stride() + s - shape.padding();
          if (row >= 0 && row < shape.height() && column >= 0 && column < shape.width()) {
            double term = (double) x[(plane + row) * shape.width() + column] * weight[from];
            sum += (long) term;
          }
        }
      }
    }
    return sum;
  }
}
