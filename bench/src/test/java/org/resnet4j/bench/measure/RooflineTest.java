package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.tensor.Shape;

class RooflineTest {
  /** At 100 GFLOP/s and 20 GB/s, 25 weights' bytes take as long as 62.5 multiply-adds. */
  @ParameterizedTest
  @CsvSource({
    "50_000_000,  1_000_000,  1,  1.0", // computes
    "50_000_000, 40_000_000,  1,  2.0", // reads
    "50_000_000, 40_000_000,  4,  4.0", // reads once, computes four times
    "         0, 40_000_000, 16,  2.0",
    "         0, 40_000_000, 17,  4.0", // in two chunks
    "         0,          0,  1,  0.0",
  })
  void isTheLongerOfWorkAndWeights(long performed, long weightBytes, int batch, double millis) {
    Roofline roofline = new Roofline(100, 20);
    StepInfo step = new StepInfo("a", "B", new Shape(1, 1, 1), 7, performed, weightBytes, 5);
    assertThat(roofline.millis(step, batch)).isEqualTo(millis, within(1e-12));
  }

  /** From a slow JVM without vectors to the L1 caches of four cores. */
  @Test
  void bandwidthLiesBetweenWhatMachinesCanDo() {
    assertThat(ReadBandwidth.gigabytesPerSecond(4 << 20, 2)).isBetween(0.001, 4_000.0);
    assertThat(ReadBandwidth.gigabytesPerSecond(1, 1)).isPositive();
  }
}
