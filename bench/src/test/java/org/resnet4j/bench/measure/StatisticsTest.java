package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void medianIsTheMiddleOrTheMeanOfTwo() {
    assertThat(Statistics.median(5.0)).isEqualTo(5);
    assertThat(Statistics.median(9.0, 1, 5)).isEqualTo(5);
    assertThat(Statistics.median(4.0, 1, 100, 2)).isEqualTo(3);
    assertThat(Statistics.median(7L, 1L)).isEqualTo(4);
  }

  /** {@code numpy.quantile([1..5], ...)}. */
  @Test
  void quantilesInterpolate() {
    double[] values = {5, 3, 1, 4, 2};
    assertThat(Statistics.quantile(values, 0)).isEqualTo(1);
    assertThat(Statistics.quantile(values, 0.9)).isEqualTo(4.6, within(1e-12));
    assertThat(Statistics.quantile(values, 0.99)).isEqualTo(4.96, within(1e-12));
    assertThat(Statistics.quantile(values, 1)).isEqualTo(5);
    assertThat(values).containsExactly(5, 3, 1, 4, 2);
  }

  @Test
  void nothingHasNoMedian() {
    assertThatThrownBy(() -> Statistics.median(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Two rounds at 10 ms and 20 ms a run; the other engine is twice, then four times as slow. */
  @Test
  void ratiosAreTakenWithinARound() {
    RunTimes ours = new RunTimes("ours", List.of(millis(10, 10, 10), millis(20, 20)));
    RunTimes other = new RunTimes("other", List.of(millis(20, 20, 90), millis(80)));
    Score score = Score.of(other, ours, 4);
    assertThat(score.engine()).isEqualTo("other");
    assertThat(score.ratioToOurs()).isEqualTo((0.5 + 0.25) / 2, within(1e-12));
    assertThat(score.lowestRatio()).isEqualTo(0.25, within(1e-12));
    assertThat(score.highestRatio()).isEqualTo(0.5, within(1e-12));
    assertThat(score.imagesPerSecond()).isEqualTo((200.0 + 50.0) / 2, within(1e-9));
    assertThat(score.p50Millis()).isEqualTo(50, within(1e-9));
    assertThat(score.p99Millis()).isEqualTo(89.7, within(1e-9));
    Score own = Score.of(ours, ours, 4);
    assertThat(own.ratioToOurs()).isEqualTo(1);
    assertThat(own.lowestRatio()).isEqualTo(own.highestRatio()).isEqualTo(1);
  }

  private static long[] millis(long... values) {
    long[] nanos = values.clone();
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] *= 1_000_000;
    }
    return nanos;
  }
}
