package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.resnet4j.simd.Schedule.Stage;

class ScheduleTest {
  private static final long MB = 1 << 20;

  @Test
  void takesAsManyImagesAsFitButNoMoreThanALaterStep() {
    long[] bytes = {3 * MB, MB / 2, 9 * MB, 2 * MB, MB, 3 * MB / 4, 1};
    Schedule schedule = Schedule.of(bytes, 100);
    assertThat(schedule.stages())
        .containsExactly(
            new Stage(0, 3, 1), new Stage(3, 4, 2), new Stage(4, 6, 4), new Stage(6, 7, 16));
    assertThat(schedule.chunk()).isEqualTo(16);
    assertThat(schedule.byStep(bytes.length)[2]).isEqualTo(new Stage(0, 3, 1));
    assertThat(schedule.byStep(bytes.length)[6]).isEqualTo(new Stage(6, 7, 16));
  }

  @Test
  void aSmallBatchIsOneChunk() {
    assertThat(Schedule.of(new long[] {1, 1}, 3).stages()).containsExactly(new Stage(0, 2, 3));
    assertThat(Schedule.of(new long[] {5 * MB, 1}, 1).stages()).containsExactly(new Stage(0, 2, 1));
  }
}
