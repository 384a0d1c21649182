package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.model.Labels;

class RankingTest {
  @Test
  void isTheSoftmax() {
    List<Prediction> top = Ranking.top(3, new float[] {9, 1, 3, 2}, 1, Labels.numbered(3));
    double sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
    assertThat(top).extracting(Prediction::index).containsExactly(1, 2, 0);
    assertThat(top).extracting(Prediction::label).containsExactly("class 1", "class 2", "class 0");
    assertThat(top.get(0).probability()).isCloseTo(Math.exp(3) / sum, within(1e-15));
    assertThat(top.get(2).probability()).isCloseTo(Math.exp(1) / sum, within(1e-15));
  }

  @Test
  void doesNotOverflow() {
    float[] logits = {1e30f, Float.NEGATIVE_INFINITY, 1e30f, -3e38f};
    assertThat(Ranking.top(4, logits, 0, Labels.numbered(4)))
        .extracting(Prediction::probability)
        .containsExactly(0.5, 0.5, 0.0, 0.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 99, 100})
  void ranksAsASortDoes(int k) {
    SplittableRandom random = new SplittableRandom(7);
    float[] logits = new float[100];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextInt(20); // many ties
    }
    List<Integer> sorted =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparing(i -> -logits[i]))
            .limit(k)
            .toList();
    assertThat(Ranking.top(k, logits, 0, Labels.numbered(100)))
        .extracting(Prediction::index)
        .isEqualTo(sorted);
  }

  @Test
  void ranksEveryKindOfNumber() {
    float[] logits = {
      -0f,
      0f,
      -1e-45f,
      1e-45f,
      Float.NEGATIVE_INFINITY,
      -3e38f,
      3e38f,
      Float.POSITIVE_INFINITY,
      Float.NaN,
      Float.intBitsToFloat(0xffc00001),
      1,
      -1
    };
    assertThat(Ranking.top(logits.length, logits, 0, Labels.numbered(logits.length)))
        .extracting(Prediction::index)
        .containsExactly(8, 9, 7, 6, 10, 3, 1, 0, 2, 11, 5, 4);
  }

  /** All of many classes: in a time that does not grow with their square. */
  @Test
  @Timeout(20)
  void ranksManyClasses() {
    int classes = 1 << 20;
    float[] logits = new float[classes];
    for (int i = 0; i < classes; i++) {
      logits[i] = i; // each belongs before all that came earlier
    }
    List<Prediction> all = Ranking.top(classes, logits, 0, Labels.numbered(classes));
    assertThat(all.getFirst().index()).isEqualTo(classes - 1);
    assertThat(all.getLast().index()).isZero();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void staysCalmWithLogitsThatAreNoNumbers(float value) {
    List<Prediction> top = Ranking.top(3, new float[] {1, value, 3}, 0, Labels.numbered(3));
    assertThat(top).extracting(Prediction::index).containsExactly(1, 2, 0);
    assertThat(top.getFirst().probability()).isNaN();
    assertThat(Ranking.top(2, new float[] {value, value}, 0, Labels.numbered(2))).hasSize(2);
  }
}
