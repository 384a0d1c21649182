package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

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
  void isUnknownIfOneIs() {
    assertThat(new Footprint(5).minus(new Footprint(-1))).isNegative();
    assertThat(new Footprint(-1).minus(new Footprint(5))).isNegative();
    assertThat(new Footprint(5).minus(new Footprint(9))).isZero();
  }
}
