package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;
import org.resnet4j.simd.support.NetworkShapes;

/**
 * The direct algorithms on integers, where not a bit may differ, in memory where nothing else may
 * be read or written. A case is one convolution on one set of data; it runs at every vector width
 * and with every algorithm that applies, and counts once.
 */
class ConvExactnessTest {
  private static final int TAILS = 2_500;
  private static final int STEMS = 600;
  private static final int GROUPED_TAILS = 400;
  private static final int LEAST_CASES = 4_000;
  private static final int TAILS_PER_TEST = 100;
  private static final int SAMPLES = 256;
  private static final VectorWidth[] WIDTHS = VectorWidth.values();

  /** Cases run so far by one call of {@link #cases}. */
  private int count;

  @TestFactory
  Stream<DynamicTest> cases(TestReporter reporter) {
    List<ConvShape> network = NetworkShapes.all();
    Stream<DynamicTest> whole =
        IntStream.range(0, network.size())
            .mapToObj(i -> dynamicTest("whole " + network.get(i), () -> whole(network.get(i), i)));
    Stream<DynamicTest> reduced =
        IntStream.range(0, network.size())
            .mapToObj(i ->
                dynamicTest(
                    "few pixels " + network.get(i),
                    () -> reduced(network.get(i), i).forEach(this::exact)));
    Stream<DynamicTest> tails =
        IntStream.range(0, TAILS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "tails from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvExactnessTest::tail)
                            .forEach(this::exact)));
    Stream<DynamicTest> stems =
        IntStream.range(0, STEMS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "stems from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvExactnessTest::stem)
                            .forEach(this::exact)));
    Stream<DynamicTest> grouped =
        IntStream.range(0, GROUPED_TAILS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "grouped tails from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvExactnessTest::groupedTail)
                            .forEach(this::exact)));
    DynamicTest enough =
        dynamicTest(
            "at least " + LEAST_CASES + " cases",
            () -> {
              reporter.publishEntry("exact convolutions", Integer.toString(count));
              assertThat(count).isGreaterThanOrEqualTo(LEAST_CASES);
            });
    return Stream.of(tails, stems, grouped, reduced, whole, Stream.of(enough))
        .flatMap(tests -> tests);
  }

  /** Every algorithm and width against all of the outputs. */
  private void exact(ConvProblem problem) {
    float[] expected = new IntegerOracle(problem).expected();
    Map<Integer, GuardedRun> runs = new HashMap<>();
    for (ConvAlgorithm algorithm : ConvProblem.direct(problem.shape())) {
      for (VectorWidth width : WIDTHS) {
        long variant = problem.seed() + width.ordinal();
        ConvKernel kernel = problem.pack(algorithm, width);
        GuardedRun run =
            runs.computeIfAbsent(
                kernel.inputBlock(), block -> new GuardedRun(problem, block).expect(expected));
        BoundConv conv =
            run.bind(kernel, variant % 2 == 0 ? Parallel.SERIAL : GuardedRun.BACKWARDS);
        if (variant % 4 == 0) {
          run.stain(conv);
        }
        run.run(conv).check(algorithm + " at " + width);
      }
    }
    count++;
  }

  /**
   * A network's convolution at its full size, with the engine's algorithm if it is direct: without
   * ReLU against samples and a check of every pixel's sum over the channels, then with ReLU at
   * another width against the first result.
   */
  private void whole(ConvShape shape, int seed) {
    ConvProblem problem =
        ConvProblem.random(
            Numbers.INTEGERS,
            shape,
            1,
            true,
            seed % 2 == 0 ? Residual.NONE : Residual.SEPARATE,
            false,
            seed);
    IntegerOracle oracle = new IntegerOracle(problem);
    ConvAlgorithm chosen = ConvAlgorithms.choose(shape, MachineModel.PORTABLE);
    ConvAlgorithm algorithm = ConvProblem.isDirect(chosen) ? chosen : ConvAlgorithm.IMPLICIT_GEMM;
    VectorWidth width = WIDTHS[seed % WIDTHS.length];
    ConvKernel kernel = problem.pack(algorithm, width);
    GuardedRun run = new GuardedRun(problem, kernel.inputBlock());
    float[] y = run.run(run.bind(kernel, Parallel.SERIAL)).output();
    samples(problem, oracle, y, algorithm + " at " + width);
    assertThat(oracle.firstWrongPixel(y)).as("%s, %s at %s", shape, algorithm, width).isEqualTo(-1);
    run.expect(y).check(algorithm + " at " + width);

    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(y[i], 0f);
    }
    VectorWidth next = WIDTHS[(seed + 1) % WIDTHS.length];
    ConvKernel withRelu = problem.withRelu().pack(algorithm, next);
    run.expect(y)
        .run(run.bind(withRelu, GuardedRun.BACKWARDS))
        .check(algorithm + " with ReLU at " + next);
    count++;
  }

  /** Corners, borders and tails more often than their share. */
  private static void samples(ConvProblem problem, IntegerOracle oracle, float[] y, String what) {
    ConvShape shape = problem.shape();
    SplittableRandom random = new SplittableRandom(problem.seed());
    IntUnaryOperator pick =
        extent ->
            switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> extent - 1;
              default -> random.nextInt(extent);
            };
    for (int n = 0; n < SAMPLES; n++) {
      boolean corner = n < 8;
      int k = corner ? n / 4 * (shape.outChannels() - 1) : pick.applyAsInt(shape.outChannels());
      int i = corner ? n / 2 % 2 * (shape.outHeight() - 1) : pick.applyAsInt(shape.outHeight());
      int j = corner ? n % 2 * (shape.outWidth() - 1) : pick.applyAsInt(shape.outWidth());
      int at = problem.index(0, k, i, j);
      if (y[at] != oracle.at(0, k, i, j)) {
        throw new AssertionError(
            "%s, %s: index %d, channel %d, row %d, column %d, is %s, expected %d"
                .formatted(shape, what, at, k, i, j, y[at], oracle.at(0, k, i, j)));
      }
    }
  }

  /**
   * A network's channels, window and groups on maps of 1 to 15 pixels; fewer maps for more weights.
   */
  private static Stream<ConvProblem> reduced(ConvShape full, int index) {
    SplittableRandom random = new SplittableRandom(index);
    int maps = full.weights() <= 50_000 ? 15 : full.weights() <= 600_000 ? 5 : 1;
    int first = random.nextInt(15);
    return IntStream.range(0, maps)
        .mapToObj(i -> {
          int width = 1 + (first + i * 15 / maps) % 15;
          int height = 1 + random.nextInt(15 / width);
          ConvShape shape =
              new ConvShape(
                  full.inChannels(),
                  full.outChannels(),
                  height,
                  width,
                  full.kernel(),
                  full.stride(),
                  full.padding(),
                  full.groups());
          return problem(shape, (i + index) % 2 == 0 ? 3 : 1, random, 1000L * index + i);
        });
  }

  private static final int[] CHANNELS =
      IntStream.concat(IntStream.of(1, 3, 7, 64, 65), IntStream.rangeClosed(13, 33)).toArray();
  private static final int[] EXTENTS = {1, 5, 7, 13, 14};
  private static final int[][] WINDOWS = {{1, 0}, {3, 0}, {3, 1}, {7, 0}, {7, 1}, {7, 3}};

  /** Channels and extents that fill no block, no vector and no tile. */
  private static ConvProblem tail(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return problem(tail(random, seed), 1 + random.nextInt(3), random, seed);
  }

  private static ConvShape tail(SplittableRandom random, int seed) {
    while (true) {
      int[] window = WINDOWS[random.nextInt(WINDOWS.length)];
      int height = EXTENTS[random.nextInt(EXTENTS.length)];
      int width = EXTENTS[random.nextInt(EXTENTS.length)];
      int in = CHANNELS[random.nextInt(CHANNELS.length)];
      int groups = new int[] {1, 2, 32, in}[Math.max(seed % 8 - 4, 0)];
      int[] divisible = Arrays.stream(CHANNELS).filter(c -> c % groups == 0).toArray();
      if (in % groups == 0 && Math.min(height, width) + 2 * window[1] >= window[0]) {
        int out = divisible[random.nextInt(divisible.length)];
        int stride = 1 + random.nextInt(2);
        return new ConvShape(in, out, height, width, window[0], stride, window[1], groups);
      }
    }
  }

  private static ConvProblem stem(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return problem(stemShape(random), 1 + random.nextInt(3), random, seed);
  }

  /** Few input channels, every window of a stem and any extents. */
  private static ConvShape stemShape(SplittableRandom random) {
    int kernel = 1 + 2 * random.nextInt(4);
    int padding = random.nextInt(Math.min(kernel, 4));
    int least = Math.max(1, kernel - 2 * padding);
    return new ConvShape(
        1 + random.nextInt(4),
        1 + random.nextInt(70),
        least + random.nextInt(14),
        least + random.nextInt(40),
        kernel,
        1 + random.nextInt(3),
        padding,
        1);
  }

  private static final int[][] GROUPED_WINDOWS = {
    {1, 0}, {2, 1}, {3, 0}, {3, 1}, {5, 2}, {7, 1}, {7, 3}
  };

  /** Few channels per group, in whole blocks, on lines that fill no tile. */
  private static ConvProblem groupedTail(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    while (true) {
      int channels = BlockedLayout.BLOCK * (1 + random.nextInt(4));
      int group = 1 << random.nextInt(4);
      int[] window = GROUPED_WINDOWS[random.nextInt(GROUPED_WINDOWS.length)];
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(31);
      if (Math.min(height, width) + 2 * window[1] >= window[0]) {
        int stride = 1 + random.nextInt(3);
        int groups = channels / group;
        ConvShape shape =
            new ConvShape(channels, channels, height, width, window[0], stride, window[1], groups);
        return problem(shape, 1 + random.nextInt(3), random, seed);
      }
    }
  }

  private static ConvProblem problem(
      ConvShape shape, int batch, SplittableRandom random, long seed) {
    Residual residual = Residual.values()[random.nextInt(Residual.values().length)];
    boolean sameExtents =
        shape.inChannels() == shape.outChannels()
            && shape.height() == shape.outHeight()
            && shape.width() == shape.outWidth();
    if (residual == Residual.INPUT && !sameExtents) {
      residual = Residual.NONE;
    }
    return ConvProblem.random(
        Numbers.INTEGERS,
        shape,
        batch,
        random.nextInt(4) > 0,
        residual,
        random.nextBoolean(),
        seed);
  }

  @Test
  void sumsAreExactInFloat() {
    assertThat(NetworkShapes.all())
        .hasSizeGreaterThan(50)
        .allSatisfy(shape -> assertThat(IntegerOracle.largestSum(shape)).isLessThan(1 << 24));
    assertThat(NetworkShapes.all())
        .contains(new ConvShape(1024, 1024, 7, 7, 3, 1, 1, 1))
        .contains(new ConvShape(3, 64, 224, 224, 7, 2, 3, 1));
  }

  @Test
  void tailsCoverWhatTheyShould() {
    List<ConvShape> shapes = new ArrayList<>();
    for (int seed = 0; seed < TAILS; seed++) {
      shapes.add(tail(new SplittableRandom(seed), seed));
    }
    assertThat(shapes).map(ConvShape::inChannels).contains(boxed(CHANNELS));
    assertThat(shapes).map(ConvShape::outChannels).contains(boxed(CHANNELS));
    assertThat(shapes).map(ConvShape::height).contains(boxed(EXTENTS));
    assertThat(shapes).map(ConvShape::width).contains(boxed(EXTENTS));
    assertThat(shapes).map(ConvShape::kernel).contains(1, 3, 7);
    assertThat(shapes).map(ConvShape::padding).contains(0, 1, 3);
    assertThat(shapes).map(ConvShape::stride).contains(1, 2);
    assertThat(shapes).map(ConvShape::groups).contains(1, 2, 13, 32, 64, 65);
  }

  @Test
  void stemsCoverWhatTheyShould() {
    List<ConvShape> shapes =
        IntStream.range(0, STEMS).mapToObj(SplittableRandom::new).map(r -> stemShape(r)).toList();
    assertThat(shapes)
        .allSatisfy(shape ->
            assertThat(ConvAlgorithms.applicable(shape)).contains(ConvAlgorithm.DIRECT_STEM));
    assertThat(shapes).map(ConvShape::inChannels).contains(1, 2, 3, 4);
    assertThat(shapes).map(ConvShape::kernel).contains(1, 3, 5, 7);
    assertThat(shapes).map(ConvShape::stride).contains(1, 2, 3);
    assertThat(shapes).map(ConvShape::padding).contains(0, 1, 2, 3);
  }

  @Test
  void groupedTailsCoverWhatTheyShould() {
    List<ConvShape> shapes =
        IntStream.range(0, GROUPED_TAILS)
            .mapToObj(seed -> groupedTail(seed).shape())
            .filter(shape -> ConvAlgorithms.applicable(shape).contains(ConvAlgorithm.GROUPED))
            .toList();
    assertThat(shapes).hasSizeGreaterThan(GROUPED_TAILS * 9 / 10);
    assertThat(shapes).map(ConvShape::inChannelsPerGroup).contains(1, 2, 4, 8);
    assertThat(shapes).map(ConvShape::kernel).contains(1, 2, 3, 5, 7);
    assertThat(shapes).map(ConvShape::padding).contains(0, 1, 2, 3);
    assertThat(shapes).map(ConvShape::stride).contains(1, 2, 3);
    assertThat(shapes).map(ConvShape::outWidth).contains(1, 7, 8, 13, 14, 15, 29);
  }

  private static Integer[] boxed(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }

  /** The fast ways to the right answer against the definition. */
  @Test
  void theOracleComputesTheDefinition() {
    for (int seed = 0; seed < 50; seed++) {
      ConvProblem problem = tail(seed);
      ConvShape shape = problem.shape();
      IntegerOracle oracle = new IntegerOracle(problem);
      float[] expected = oracle.expected();
      for (int n = 0; n < problem.batch(); n++) {
        for (int k = 0; k < shape.outChannels(); k++) {
          for (int i = 0; i < shape.outHeight(); i++) {
            for (int j = 0; j < shape.outWidth(); j++) {
              assertThat(expected[problem.index(n, k, i, j)]).isEqualTo(oracle.at(n, k, i, j));
            }
          }
        }
      }
      if (!problem.relu()) {
        assertThat(oracle.firstWrongPixel(expected)).isEqualTo(-1);
        expected[expected.length - 1]++;
        assertThat(oracle.firstWrongPixel(expected))
            .isEqualTo(problem.batch() * shape.outHeight() * shape.outWidth() - 1);
      }
    }
  }
}
