package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeakFlopsTest {
  /** From a slow JVM without vectors to four 512-bit units at 6 GHz. */
  @Test
  void liesBetweenWhatMachinesCanDo() {
    assertThat(PeakFlops.gflops()).isBetween(0.001, 800.0);
  }
}
