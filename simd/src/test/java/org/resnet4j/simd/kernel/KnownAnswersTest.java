package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.simd.kernel.KnownAnswers.Engine;
import org.resnet4j.simd.kernel.KnownAnswers.Problem;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.machine.VectorWidth;

class KnownAnswersTest {
  private static final VectorWidth WIDTH = VectorWidth.preferred();

  /** What our kernels give, computed once. */
  private static final Map<Problem, float[]> OURS = new HashMap<>();

  private static float[] ours(Problem problem) {
    return OURS.computeIfAbsent(problem, each -> KnownAnswers.convolve(each, WIDTH)).clone();
  }

  /** Our kernels, one of which gets an output wrong by one after some calls. */
  private static Engine wrong(ConvAlgorithm algorithm, int output, int soundCalls) {
    int[] calls = new int[1];
    return (problem, _) -> {
      float[] y = ours(problem);
      if (problem.algorithm() == algorithm && calls[0]++ >= soundCalls) {
        y[output] += 1;
      }
      return y;
    };
  }

  @ParameterizedTest
  @EnumSource
  void areOursAtEveryWidth(VectorWidth width) {
    assertThat(KnownAnswers.faultAtStart(width)).isEmpty();
  }

  @Test
  void aWrongFirstAnswerIsFound() {
    Problem[] seen = new Problem[1];
    Engine noting =
        (problem, width) -> {
          seen[0] = problem;
          return wrong(ConvAlgorithm.IMPLICIT_GEMM, 7, 0).compute(problem, width);
        };
    Optional<String> fault = KnownAnswers.faultAtStart(WIDTH, noting);
    float right = ours(seen[0])[7];
    assertThat(fault)
        .hasValue(
            "IMPLICIT_GEMM gives %s where %s is right, in output 7 of run 1 of %s"
                .formatted(right + 1, right, seen[0].shape()));
  }

  @ParameterizedTest
  @EnumSource
  void aLaterWrongAnswerOfAnyAlgorithmIsFound(ConvAlgorithm algorithm) {
    assertThat(KnownAnswers.faultWhenCompiled(WIDTH, 3, wrong(algorithm, 100, 2)))
        .hasValueSatisfying(
            fault -> assertThat(fault).startsWith(algorithm + " gives ").contains("of run 3 of"));
  }

  /** A kernel that gives zeros would pass where zero is the answer. */
  @Test
  void ofEveryAlgorithmOursAreRightAndNotAllZero() {
    Set<ConvAlgorithm> seen = EnumSet.noneOf(ConvAlgorithm.class);
    Engine noting =
        (problem, _) -> {
          float[] y = ours(problem);
          assertThat(positive(y)).as("%s", problem).isBetween(y.length / 10, y.length * 9 / 10);
          seen.add(problem.algorithm());
          return y;
        };
    assertThat(KnownAnswers.faultWhenCompiled(WIDTH, 1, noting)).isEmpty();
    assertThat(seen).containsExactlyInAnyOrder(ConvAlgorithm.values());
  }

  private static int positive(float[] y) {
    int count = 0;
    for (float value : y) {
      count += value > 0 ? 1 : 0;
    }
    return count;
  }
}
