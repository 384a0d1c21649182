package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.golden.Agreement.AGREES;
import static org.resnet4j.golden.Agreement.DIFFERS;
import static org.resnet4j.golden.Agreement.TIED;

import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Precision;

class AgreementTest {
  private static final double MAX_RM = Gates.of("simd", Precision.FP32).maxRm();

  @Test
  void theSameOrderAgrees() {
    assertThat(Agreement.of(1, 3, new float[] {1, 3, 2}, new double[] {10, 30, 20}, MAX_RM))
        .isEqualTo(AGREES);
  }

  @Test
  void anotherBestClassDiffers() {
    assertThat(Agreement.of(1, 3, new float[] {1, 3, 4}, new double[] {1, 3, 2}, MAX_RM))
        .isEqualTo(DIFFERS);
  }

  @Test
  void whatTheReferenceCannotTellApartIsTied() {
    float[] actual = {1, 3, 3.00001f};
    assertThat(Agreement.of(1, 3, actual, new double[] {1, 3.00001, 3}, MAX_RM)).isEqualTo(TIED);
    assertThat(Agreement.of(1, 3, actual, new double[] {1, 3.001, 3}, MAX_RM)).isEqualTo(DIFFERS);
  }

  @Test
  void aLargeErrorExcusesNothing() {
    // The margin of 0.1 is far below twice the error, which is what a wrong network has.
    assertThat(Agreement.of(1, 2, new float[] {100, 0}, new double[] {1, 1.1}, MAX_RM))
        .isEqualTo(DIFFERS);
  }

  @Test
  void theSetOfTheBestCountsNotItsOrder() {
    float[] actual = {9, 8, 1, 0};
    assertThat(Agreement.of(2, 4, actual, new double[] {8, 9, 1, 0}, MAX_RM)).isEqualTo(AGREES);
    assertThat(Agreement.of(2, 4, actual, new double[] {9, 1, 8, 0}, MAX_RM)).isEqualTo(DIFFERS);
  }

  @Test
  void theWorstImageCounts() {
    assertThat(Agreement.of(1, 2, new float[] {1, 0, 1, 0}, new double[] {1, 0, 0, 1}, MAX_RM))
        .isEqualTo(DIFFERS);
  }

  @Test
  void allClassesAreTheSameSet() {
    assertThat(Agreement.of(5, 3, new float[] {1, 2, 3}, new double[] {3, 2, 1}, MAX_RM))
        .isEqualTo(AGREES);
    assertThat(Agreement.of(1, 1, new float[] {1}, new double[] {3}, MAX_RM)).isEqualTo(AGREES);
  }

  @Test
  void nanDiffers() {
    assertThat(Agreement.of(1, 2, new float[] {1, Float.NaN}, new double[] {1, 0}, MAX_RM))
        .isEqualTo(DIFFERS);
    assertThat(Agreement.of(5, 1, new float[] {Float.NaN}, new double[] {1}, MAX_RM))
        .isEqualTo(DIFFERS);
  }
}
