package org.resnet4j.simd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a JVM's features; {@code KernelPathTest} starts such JVMs. */
class CpuFeaturesTest {
  @ParameterizedTest
  @CsvSource({
    "true, true, 512, FMA",
    "true, true, 128, FMA",
    "false, true, 512, MULTIPLY_ADD",
    "true, false, 512, SCALAR",
    "false, false, 512, SCALAR",
    "true, true, 64, SCALAR",
    "false, true, 0, SCALAR",
  })
  void followsFromTheFeatures(boolean fma, boolean compiler, int bits, KernelPath path) {
    assertThat(KernelPath.of(new CpuFeatures(fma, compiler, bits))).isEqualTo(path);
  }

  @Test
  void isChosenOnce() {
    assertThat(KernelPath.current()).isEqualTo(KernelPath.of(CpuFeatures.current()));
  }
}
