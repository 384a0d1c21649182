package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Op;

/**
 * Images of numbers that a processor computes slowly with, on a network without biases, where every
 * activation is as small as the image.
 */
class DenormalImageTest {
  private static final float LEAST = 0x1p-100f;

  private static final double NOT_SLOWER = 1.5;
  private static final int ROUNDS = 51;
  private static final long LIMIT_NANOS = 20_000_000_000L;

  /** What the window itself may allocate; interpreted vectors take a thousand times as much. */
  private static final long COMPILED_BYTES = 10_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Denormals, then numbers whose products with weights are denormal, then some that count. */
  @ParameterizedTest
  @ValueSource(floats = {Float.MIN_VALUE, 1e-40f, 1e-37f, 1e-33f, 1e-30f, 1e-28f, 1e-20f})
  void noLayerReadsANumberThatIsTooSmall(float largest) {
    List<String> small = new ArrayList<>();
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(SmallNetworks.withoutStem(false));
        Session session = plan.newSession(1)) {
      MemorySegment output = MemorySegment.ofArray(new float[10]);
      session.run(
          1,
          MemorySegment.ofArray(image(plan, largest)),
          output,
          (step, _, values) -> {
            for (float value : values) {
              if (value != 0 && Math.abs(value) < LEAST) {
                small.add(step.node() + " " + value);
              }
            }
          });
      assertThat(plan.lowered().getLast().node().op()).isInstanceOf(Op.Linear.class);
    }
    assertThat(small)
        .filteredOn(each -> !each.startsWith("mean") && !each.startsWith("fc"))
        .isEmpty();
  }

  /**
   * Medians of rounds that take turns: of the first window that passes when C2 has compiled the
   * kernels, so that nothing is allocated, or else of the last one.
   */
  @Test
  @Timeout(120)
  void takesTheTimeOfAnyOther() {
    try (SimdBackend backend = new SimdBackend(1);
        Plan plan = backend.compile(SmallNetworks.withoutStem(false));
        Session session = plan.newSession(1)) {
      float[] usual = image(plan, 1);
      float[] output = new float[10];
      double worst = 0;
      for (float largest : new float[] {1e-40f, 1e-37f}) {
        float[] denormal = image(plan, largest);
        long start = System.nanoTime();
        double ratio;
        long bytes;
        do {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          long[] usualNanos = new long[ROUNDS];
          long[] denormalNanos = new long[ROUNDS];
          for (int round = 0; round < ROUNDS; round++) {
            usualNanos[round] = nanos(session, usual, output);
            denormalNanos[round] = nanos(session, denormal, output);
          }
          bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
          ratio = (double) median(denormalNanos) / median(usualNanos);
        } while ((bytes > COMPILED_BYTES || ratio > NOT_SLOWER)
            && System.nanoTime() - start < LIMIT_NANOS);
        worst = Math.max(worst, ratio);
      }
      System.out.printf("R30: a denormal image takes %.2f of the time of another%n", worst);
      assertThat(worst).isLessThan(NOT_SLOWER);
    }
  }

  private static long nanos(Session session, float[] image, float[] output) {
    long start = System.nanoTime();
    session.run(1, image, output);
    return System.nanoTime() - start;
  }

  private static long median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  private static float[] image(Plan plan, float largest) {
    SplittableRandom random = new SplittableRandom(1);
    float[] image = new float[(int) plan.inputShape().size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) (random.nextDouble(-1, 1) * largest);
    }
    return image;
  }
}
