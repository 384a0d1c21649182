package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That float arithmetic passes the gates and errors do not. */
class ToleranceTest {
  private static final int RESULTS = 500;

  private final SplittableRandom random = new SplittableRandom(3);

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 64, 576, 2304, 4608})
  void oneChainOfFloatsPassesAndOneWeightOffByAPercentDoesNot(int k) {
    float[] expected = new float[RESULTS];
    float[] chained = new float[RESULTS];
    float[] wrong = new float[RESULTS];
    float[] weights = Values.REAL.weights(random, k, k);
    for (int i = 0; i < RESULTS; i++) {
      float[] x = Values.REAL.inputs(random, k);
      double exact = 0;
      for (int c = 0; c < k; c++) {
        exact += (double) weights[c] * x[c];
        chained[i] += weights[c] * x[c];
      }
      expected[i] = (float) exact;
      wrong[i] = (float) (exact + 0.01 * weights[0] * x[0]);
    }
    Tolerance gates = Tolerance.FLOAT32.forChain(k);
    assertThat(gates.accepts(Difference.between(chained, expected))).isTrue();
    assertThat(gates.accepts(Difference.between(wrong, expected))).isFalse();
  }

  @Test
  void exactMeansNoValueDiffersButForTheSignOfZero() {
    float[] r = {1, 0, -3};
    assertThat(accepts(Tolerance.EXACT, r, 1, -0f, -3)).isTrue();
    assertThat(accepts(Tolerance.EXACT, r, 1, 0, Math.nextUp(-3f))).isFalse();
    assertThat(accepts(Tolerance.EXACT, r, 1, Float.MIN_VALUE, -3)).isFalse();
    assertThat(Tolerance.EXACT.forChain(1000)).isEqualTo(Tolerance.EXACT);
  }

  @Test
  void nanAndInfinityMustStandWhereTheReferenceHasThem() {
    float[] r = {1, Float.NaN, Float.POSITIVE_INFINITY};
    Tolerance loose = new Tolerance(10, 10, 0);
    assertThat(accepts(loose, r, 2, Float.NaN, Float.POSITIVE_INFINITY)).isTrue();
    assertThat(accepts(loose, r, Float.NaN, Float.NaN, Float.POSITIVE_INFINITY)).isFalse();
    assertThat(accepts(loose, r, 1, 1, Float.POSITIVE_INFINITY)).isFalse();
    assertThat(accepts(loose, r, 1, Float.NaN, Float.NEGATIVE_INFINITY)).isFalse();
    assertThat(accepts(loose, r, 1, Float.NaN, Float.NaN)).isFalse();
  }

  @Test
  void measuresRelativeToTheReference() {
    Difference difference = Difference.between(new float[] {3, 4.5f}, new float[] {3, 4});
    assertThat(difference.rr()).isEqualTo(0.1);
    assertThat(difference.rm()).isEqualTo(0.125);
    assertThat(difference.worst()).isEqualTo(1);
    assertThat(difference.differing()).isEqualTo(1);
    assertThat(accepts(new Tolerance(1, 1, 0), new float[] {0}, 1e-30f)).isFalse();
  }

  @Test
  void aGraphsGatesAreTheSumOfItsOperators() {
    NetworkCase network = NetworkCase.tiny();
    Tolerance whole = Tolerance.FLOAT32.forGraph(network.graph());
    Tolerance stem = Tolerance.FLOAT32.forChain(3 * 7 * 7);
    assertThat(whole.rr()).isGreaterThan(9 * stem.rr()).isLessThan(30 * stem.rr());
    assertThat(whole.forChain(100)).isEqualTo(whole);
  }

  private static boolean accepts(Tolerance gates, float[] expected, float... actual) {
    return gates.accepts(Difference.between(actual, expected));
  }
}
