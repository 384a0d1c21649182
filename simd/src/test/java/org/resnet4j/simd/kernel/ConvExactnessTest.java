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
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvCases;
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
                    () -> ConvCases.reduced(network.get(i), i).forEach(this::exact)));
    Stream<DynamicTest> tails =
        IntStream.range(0, TAILS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "tails from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvCases::tail)
                            .forEach(this::exact)));
    Stream<DynamicTest> stems =
        IntStream.range(0, STEMS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "stems from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvCases::stem)
                            .forEach(this::exact)));
    Stream<DynamicTest> grouped =
        IntStream.range(0, GROUPED_TAILS / TAILS_PER_TEST)
            .mapToObj(i ->
                dynamicTest(
                    "grouped tails from seed " + i * TAILS_PER_TEST,
                    () ->
                        IntStream.range(i * TAILS_PER_TEST, (i + 1) * TAILS_PER_TEST)
                            .mapToObj(ConvCases::groupedTail)
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
      shapes.add(ConvCases.tail(new SplittableRandom(seed), seed));
    }
    assertThat(shapes).map(ConvShape::inChannels).contains(boxed(ConvCases.CHANNELS));
    assertThat(shapes).map(ConvShape::outChannels).contains(boxed(ConvCases.CHANNELS));
    assertThat(shapes).map(ConvShape::height).contains(boxed(ConvCases.EXTENTS));
    assertThat(shapes).map(ConvShape::width).contains(boxed(ConvCases.EXTENTS));
    assertThat(shapes).map(ConvShape::kernel).contains(1, 3, 7);
    assertThat(shapes).map(ConvShape::padding).contains(0, 1, 3);
    assertThat(shapes).map(ConvShape::stride).contains(1, 2);
    assertThat(shapes).map(ConvShape::groups).contains(1, 2, 13, 32, 64, 65);
  }

  @Test
  void stemsCoverWhatTheyShould() {
    List<ConvShape> shapes =
        IntStream.range(0, STEMS)
            .mapToObj(SplittableRandom::new)
            .map(r -> ConvCases.stemShape(r))
            .toList();
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
            .mapToObj(seed -> ConvCases.groupedTail(seed).shape())
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
      ConvProblem problem = ConvCases.tail(seed);
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
