package org.resnet4j.simd.kernel.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.Allocation;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/** What the tests of all algorithms cannot know of {@link DirectStem}. */
class DirectStemTest {
  private static final ConvShape STEM = new ConvShape(3, 64, 31, 45, 7, 2, 3, 1);

  private static ConvProblem problem(Numbers numbers) {
    return ConvProblem.random(numbers, STEM, 2, true, Residual.SEPARATE, true, 1);
  }

  /** The numeric contract: each output is one chain from the bias over (r, s, c), then residual. */
  @ParameterizedTest
  @EnumSource
  void roundsInTheDocumentedOrder(VectorWidth width) {
    ConvProblem problem = problem(Numbers.SIGNED);
    float[] expected = new float[problem.results()];
    for (int image = 0; image < problem.batch(); image++) {
      for (int k = 0; k < STEM.outChannels(); k++) {
        for (int i = 0; i < STEM.outHeight(); i++) {
          for (int j = 0; j < STEM.outWidth(); j++) {
            int at = problem.index(image, k, i, j);
            float sum = chain(problem, image, k, i, j);
            expected[at] = Math.max(sum + problem.residual()[at], 0f);
          }
        }
      }
    }
    ConvKernel kernel = problem.pack(ConvAlgorithm.DIRECT_STEM, width);
    GuardedRun run = new GuardedRun(problem, kernel.inputBlock()).expect(expected);
    run.run(run.bind(kernel, GuardedRun.BACKWARDS)).check("DIRECT_STEM at " + width);
  }

  private static float chain(ConvProblem problem, int image, int k, int i, int j) {
    boolean fused = CpuFeatures.current().fma();
    float sum = problem.bias()[k];
    for (int r = 0; r < STEM.kernel(); r++) {
      for (int s = 0; s < STEM.kernel(); s++) {
        for (int c = 0; c < STEM.inChannels(); c++) {
          float x = problem.input(image, c, i, j, r, s);
          float w = problem.weight(k, c, r, s);
          sum = fused ? Math.fma(x, w, sum) : x * w + sum;
        }
      }
    }
    return sum;
  }

  /** At the width the processor has; narrower or wider ones may be emulated with objects. */
  @Test
  void allocatesNothing() {
    ConvProblem problem = problem(Numbers.INTEGERS);
    ConvKernel kernel = problem.pack(ConvAlgorithm.DIRECT_STEM, VectorWidth.preferred());
    GuardedRun run =
        new GuardedRun(problem, kernel.inputBlock()).expect(new IntegerOracle(problem).expected());
    BoundConv conv = run.bind(kernel, Parallel.SERIAL);
    Allocation.assertNone(() -> run.run(conv));
    run.check("after " + kernel.algorithm());
  }

  @Test
  void theAllocationTestCanFail() {
    float[][] sink = new float[1][];
    assertThatThrownBy(() -> Allocation.assertNone(() -> sink[0] = new float[8], 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bytes allocated");
    assertThat(sink[0]).hasSize(8);
  }
}
