package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.resnet4j.simd.machinecode.NativeMemory;

class FootprintTest {
  private static final long MEGABYTES = 200L << 20;

  @Test
  void growsByWhatIsAllocatedOnEitherHeap() {
    Footprint before = Footprint.take();
    Assumptions.assumeTrue(before.bytes() >= 0, "the C library does not say");
    byte[] array = new byte[(int) MEGABYTES];
    assertThat(Footprint.take().minus(before)).isBetween(MEGABYTES * 9 / 10, MEGABYTES * 12 / 10);
    Reference.reachabilityFence(array);
    try (Arena arena = Arena.ofConfined()) {
      Footprint with = Footprint.take();
      arena.allocate(MEGABYTES);
      assertThat(Footprint.take().minus(with)).isBetween(MEGABYTES * 9 / 10, MEGABYTES * 12 / 10);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void growsByWhatLiesBesideBoth() {
    Footprint before = Footprint.take();
    Assumptions.assumeTrue(before.bytes() >= 0, "the C library does not say");
    MemorySegment memory = NativeMemory.allocate(MEGABYTES);
    assertThat(Footprint.take().minus(before)).isBetween(MEGABYTES * 9 / 10, MEGABYTES * 12 / 10);
    Reference.reachabilityFence(memory);
  }

  @Test
  void isUnknownIfOneIs() {
    assertThat(new Footprint(5).minus(new Footprint(-1))).isNegative();
    assertThat(new Footprint(-1).minus(new Footprint(5))).isNegative();
    assertThat(new Footprint(5).minus(new Footprint(9))).isZero();
  }
}
