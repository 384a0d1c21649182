package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/** The guard itself: every defect shows, whatever the halos, the spare image and the poison. */
class GuardedRunTest {
  /** All combinations of what a seed decides. */
  private static final int SEEDS = 36 * 5 * 7;

  private static final ConvShape SHAPE = new ConvShape(17, 19, 3, 4, 3, 1, 1, 1);

  /** What a broken kernel might do to the array. */
  @FunctionalInterface
  interface Defect {
    void apply(float[] data, int x, int y, int residual);
  }

  static Stream<Arguments> defects() {
    int guard = GuardedRun.GUARD;
    return Stream.of(
        defect("writes before the input", (data, x, y, other) -> data[x - 1] = 0f),
        defect(
            "writes between input and residual", (data, x, y, other) -> data[other - guard] = 0f),
        defect("writes before the output", (data, x, y, other) -> data[y - 1] = 0f),
        defect("writes after the output", (data, x, y, other) -> data[data.length - guard] = 0f),
        defect("changes the input", (data, x, y, other) -> data[x + 500] = 0.25f),
        defect("writes the residual", (data, x, y, other) -> data[other] = 0.5f),
        defect("reads a guard", (data, x, y, other) -> data[y] += data[x - 1]),
        defect("is wrong by one or leaves the halo", (data, x, y, other) -> data[y] += 1f),
        defect("negative zero", (data, x, y, other) -> data[data.length - guard - 1] = -0f));
  }

  private static Arguments defect(String name, Defect defect) {
    return argumentSet(name, defect);
  }

  @ParameterizedTest
  @MethodSource("defects")
  void findsDefects(Defect defect) {
    for (int seed = 0; seed < SEEDS; seed++) {
      ConvProblem problem =
          ConvProblem.random(Numbers.INTEGERS, SHAPE, 2, true, Residual.SEPARATE, false, seed);
      GuardedRun run = new GuardedRun(problem).expect(new IntegerOracle(problem).expected());
      BoundConv conv =
          run.bind(
              problem.pack(ConvAlgorithm.IMPLICIT_GEMM, VectorWidth.BITS_128), Parallel.SERIAL);
      run.run(conv).check("sound");
      run.run((batch, data, x, y, other) -> {
        conv.run(batch, data, x, y, other);
        defect.apply(data, x, y, other);
      });
      assertThatThrownBy(() -> run.check("broken"))
          .as("seed %d", seed)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("broken: index");
    }
  }
}
