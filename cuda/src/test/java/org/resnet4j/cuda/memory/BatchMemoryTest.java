package org.resnet4j.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchMemoryTest {
  /** 10 MB for all, and 2 MB for each two images. */
  private static final IntToLongFunction BYTES =
      batch -> 10_000_000L + (batch + 1L) / 2 * 2_000_000L;

  @ParameterizedTest
  @CsvSource({
    "3, 12000000, 14, 12, the largest batch that may fit is 2",
    "3, 13999999, 14, 13, the largest batch that may fit is 2",
    "1000, 14000000, '1,010', 14, the largest batch that may fit is 4",
    "1000, 1009999999, '1,010', '1,009', the largest batch that may fit is 998",
    "2147483647, 14000000, '2,147,483,658', 14, the largest batch that may fit is 4",
    "1, 11999999, 12, 11, not even one image fits",
    "8, 0, 18, 0, not even one image fits",
  })
  void exceeds(int batch, long freeBytes, String needed, String free, String advice) {
    assertThat(BatchMemory.insufficient(batch, BYTES, freeBytes))
        .hasMessage(
            "a batch of %d needs %s MB of device memory, %s MB are free; %s (nvidia-smi lists what"
                + " other processes hold)",
            batch, needed, free, advice);
  }

  /** Memory in parts: the allocation failed although the sum is enough. */
  @Test
  void aBatchThatShouldHaveFit() {
    assertThat(BatchMemory.insufficient(4, BYTES, 20_000_000))
        .hasMessageContaining("a batch of 4 needs 14 MB of device memory, 20 MB are free")
        .hasMessageContaining("the largest batch that may fit is 3");
  }
}
