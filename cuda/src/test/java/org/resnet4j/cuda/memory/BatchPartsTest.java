package org.resnet4j.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPartsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "64, 64, 1",
    "64, 65, 2",
    "64, 100000, 2",
  })
  void twoAreInFlightWhereThereIsMoreThanOne(int images, int maxBatch, int slots) {
    assertThat(BatchParts.of(images, maxBatch)).isEqualTo(new BatchParts(images, slots));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "63, 1", "64, 2", "65, 2", "128, 2", "129, 3", "256, 4", "257, 5",
  })
  void aLargeBatchHasParts(int batch, int count) {
    assertThat(BatchParts.of(64, 1000).count(batch)).isEqualTo(count);
  }

  /** Every image is in one part, and no part exceeds its room. */
  @Test
  void partsCoverABatchEvenly() {
    for (BatchParts parts :
        new BatchParts[] {BatchParts.of(64, 1000), new BatchParts(3, 2), new BatchParts(1, 2)}) {
      for (int batch = 1; batch <= 300; batch++) {
        int count = parts.count(batch);
        assertThat(parts.first(batch, 0)).isZero();
        assertThat(parts.first(batch, count)).isEqualTo(batch);
        for (int part = 0; part < count; part++) {
          int images = parts.first(batch, part + 1) - parts.first(batch, part);
          assertThat(images).isBetween(Math.max(1, batch / count), parts.images());
        }
      }
    }
  }
}
