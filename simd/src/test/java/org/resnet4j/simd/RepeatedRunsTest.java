package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;

/** However often and beside whatever a network runs, the bits are the same. */
class RepeatedRunsTest {
  private static final int CALLERS = 16;
  private static final int MOST = 5;

  /** Of whose choice the networks have every algorithm. */
  private static final BackendOptions PORTABLE =
      new BackendOptions(2).withAlgorithms(AlgorithmChoice.PORTABLE);

  private static float[] images(Plan plan, int count) {
    SplittableRandom random = new SplittableRandom(7);
    float[] images = new float[(int) (count * plan.inputShape().size())];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble(-1, 1);
    }
    return images;
  }

  /** Batches of one and of an image for each thread in turns. */
  @Test
  @Timeout(120)
  void aThousandRunsGiveOneHash() {
    int runs = 1_000;
    Set<String> kernels = new HashSet<>();
    for (Graph graph : SmallNetworks.everyAlgorithm()) {
      Set<Integer> hashes = new HashSet<>();
      try (SimdBackend backend = new SimdBackend(PORTABLE);
          Plan plan = backend.compile(graph);
          Session session = plan.newSession(2)) {
        plan.steps().stream().map(StepInfo::kernel).forEach(kernels::add);
        float[] image = images(plan, 1);
        float[] twice = Arrays.copyOf(image, 2 * image.length);
        System.arraycopy(image, 0, twice, image.length, image.length);
        float[] logits = new float[10];
        float[] both = new float[20];
        for (int run = 0; run < runs / 2; run++) {
          session.run(1, image, logits);
          hashes.add(Arrays.hashCode(logits));
          session.run(2, twice, both);
          hashes.add(Arrays.hashCode(Arrays.copyOf(both, 10)));
          hashes.add(Arrays.hashCode(Arrays.copyOfRange(both, 10, 20)));
        }
      }
      assertThat(hashes).hasSize(1);
    }
    for (ConvAlgorithm algorithm : ConvAlgorithm.values()) {
      assertThat(kernels).contains(algorithm.name());
    }
    System.out.printf("R14: %d runs of each of %d algorithms, 1 hash%n", runs, 8);
  }

  @Test
  @Timeout(120)
  void manyCallersOfOneModelGetWhatOneGets() throws Exception {
    manyCallers(20);
  }

  @Tag("soak")
  @Test
  @Timeout(1800)
  void manyCallersOfOneModelGetWhatOneGetsForLong() throws Exception {
    manyCallers(2_000);
  }

  private static void manyCallers(int runs) throws Exception {
    try (SimdBackend backend = new SimdBackend(PORTABLE);
        Plan plan = backend.compile(SmallNetworks.everyAlgorithm().getFirst());
        ExecutorService executor = Executors.newFixedThreadPool(CALLERS)) {
      int size = (int) plan.inputShape().size();
      float[] images = images(plan, 2 * MOST);
      List<float[]> expected = new ArrayList<>();
      try (Session session = plan.newSession(1)) {
        for (int image = 0; image < 2 * MOST; image++) {
          float[] logits = new float[(int) plan.outputShape().size()];
          session.run(1, Arrays.copyOfRange(images, image * size, (image + 1) * size), logits);
          expected.add(logits);
        }
      }
      List<Callable<Integer>> callers = new ArrayList<>();
      for (int seed = 0; seed < CALLERS; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        callers.add(() -> wrong(plan, images, expected, random, runs));
      }
      int wrong = 0;
      for (Future<Integer> caller : executor.invokeAll(callers)) {
        wrong += caller.get();
      }
      assertThat(wrong).isZero();
      System.out.printf("R18: %d threads x %d runs, %d wrong hashes%n", CALLERS, runs, wrong);
    }
  }

  /** Runs random slices of the images, and counts results that are not the expected ones. */
  private static int wrong(
      Plan plan, float[] images, List<float[]> expected, SplittableRandom random, int runs) {
    int size = (int) plan.inputShape().size();
    int classes = (int) plan.outputShape().size();
    int wrong = 0;
    try (Session session = plan.newSession(MOST)) {
      for (int run = 0; run < runs; run++) {
        int batch = random.nextInt(MOST) + 1;
        int first = random.nextInt(2 * MOST - batch + 1);
        float[] logits = new float[batch * classes];
        session.run(
            batch, Arrays.copyOfRange(images, first * size, (first + batch) * size), logits);
        for (int i = 0; i < batch; i++) {
          float[] own = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
          wrong += Arrays.equals(own, expected.get(first + i)) ? 0 : 1;
        }
      }
    }
    return wrong;
  }
}
