package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;

/** A batch beyond any memory is refused before anything of its size is allocated. */
class RefusedBatchTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final ResNetSpec SPEC =
      new ResNetSpec("tiny", Block.BASIC, List.of(1, 1, 1, 1), 1, 64, 4, 2, StridePlacement.V1_5);
  private static final int TRIES = 20;

  /** The layout of the arena, which says how much it would be, and the message. */
  private static final long MOST_BYTES = 1_000_000;

  @Test
  void costsNothing() {
    try (Backend backend = new SimdBackend(1);
        Plan plan =
            backend.compile(
                Passes.inference()
                    .apply(
                        ResNet.build(SPEC, 50_000, 49_000, new SeededWeights(1, SPEC.block()))))) {
      long leastNanos = Long.MAX_VALUE;
      long leastBytes = Long.MAX_VALUE;
      for (int i = 0; i < TRIES; i++) { // The first loads classes.
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        InsufficientMemoryException refusal =
            catchThrowableOfType(
                InsufficientMemoryException.class, () -> plan.newSession(Integer.MAX_VALUE));
        leastNanos = Math.min(leastNanos, THREADS.getCurrentThreadCpuTime() - nanos);
        leastBytes = Math.min(leastBytes, THREADS.getCurrentThreadAllocatedBytes() - bytes);
        assertThat(refusal).hasMessageContaining("a batch of 2147483647 needs");
      }
      assertThat(leastBytes).as("bytes allocated").isLessThan(MOST_BYTES);
      System.out.printf(
          Locale.ROOT, "R24: refused in %.2f ms, %d bytes%n", leastNanos / 1e6, leastBytes);
    }
  }
}
