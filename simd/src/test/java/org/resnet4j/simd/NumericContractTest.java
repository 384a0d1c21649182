package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * The numeric contract on the ten networks: a picture's logits have the same bits at every vector
 * width, for any number of threads, and wherever it stands in a batch.
 */
class NumericContractTest {
  /** The networks then have convolutions of every algorithm that maps of this size are for. */
  private static final int HEIGHT = 64;

  private static final int WIDTH = 48;
  private static final int BATCH = 3;

  /** A prime, so that no two filters are made of the same numbers. */
  private static final float[] POOL = gaussian(7, 1_000_003);

  private static final float[] PICTURES = gaussian(8, BATCH * 3 * HEIGHT * WIDTH);

  /** Blocks of a stage: the first, and one of the others, which are all alike. */
  private static final int DISTINCT_BLOCKS = 2;

  private static final int[] THREADS = {1, 2, 3, 16};

  static Stream<ResNetSpec> networks() {
    return ResNets.all().stream();
  }

  /** Networks that have all convolutions of the ten, each at least once. */
  static Stream<ResNetSpec> distinct() {
    return ResNets.all().stream()
        .map(spec ->
            new ResNetSpec(
                "short",
                spec.block(),
                Collections.nCopies(spec.depths().size(), DISTINCT_BLOCKS),
                spec.groups(),
                spec.widthPerGroup(),
                spec.baseWidth(),
                spec.numClasses(),
                spec.stridePlacement()))
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sameBitsForAnyThreadsAndBatch(ResNetSpec spec) {
    Graph graph = graph(spec);
    List<SimdStep> steps = packed(graph, VectorWidth.preferred());
    float[] expected = null;
    for (int threads : THREADS) {
      expected = check(graph, steps, threads, expected);
    }
    assertThat(Arrays.hashCode(expected)).isNotEqualTo(Arrays.hashCode(new float[expected.length]));
  }

  @ParameterizedTest
  @MethodSource("distinct")
  void sameBitsAtEveryWidth(ResNetSpec spec) {
    Graph graph = graph(spec);
    float[] expected = null;
    for (VectorWidth width : VectorWidth.values()) {
      expected = check(graph, packed(graph, width), 2, expected);
    }
  }

  @Test
  void theShortNetworksHaveAllConvolutionsOfTheTen() {
    assertThat(convolutions(distinct())).isEqualTo(convolutions(networks()));
    assertThat(distinct()).hasSize(6);
  }

  /** Shapes, windows, groups and epilogues. */
  private static Set<String> convolutions(Stream<ResNetSpec> specs) {
    Set<String> convolutions = new HashSet<>();
    specs.forEach(spec -> {
      Graph graph =
          Passes.inference()
              .apply(ResNet.build(spec, HEIGHT, WIDTH, (_, dims) -> Tensor.meta(dims)));
      for (Node node : graph.nodes()) {
        if (node.op() instanceof Op.Conv conv) {
          Shape input = graph.nodes().get(node.inputs().getFirst()).shape();
          convolutions.add(
              input + " " + node.shape() + conv.window() + conv.groups() + conv.epilogue());
        }
      }
    });
    return convolutions;
  }

  private static Graph graph(ResNetSpec spec) {
    return Passes.inference().apply(ResNet.build(spec, HEIGHT, WIDTH, weights(spec.block())));
  }

  /**
   * A batch in one session, then its last picture alone.
   *
   * @param expected logits, or null
   * @return the logits
   */
  private static float[] check(Graph graph, List<SimdStep> steps, int threads, float[] expected) {
    try (WorkerPool pool = new WorkerPool(threads);
        SimdPlan plan = new SimdPlan(graph.withoutValues(), steps, pool, MachineModel.PORTABLE);
        SimdSession session = (SimdSession) plan.newSession(BATCH)) {
      float[] logits = new float[Math.toIntExact(BATCH * plan.outputShape().size())];
      session.run(BATCH, PICTURES, logits);
      if (expected != null) {
        assertThat(logits).as("%d threads", threads).isEqualTo(expected);
      }
      checkAlone(session, PICTURES, logits, threads + " threads");
      return logits;
    }
  }

  /** Packed once for all numbers of threads, which packing does not depend on. */
  private static List<SimdStep> packed(Graph graph, VectorWidth width) {
    try (SimdBackend backend = new SimdBackend(1, width);
        SimdPlan plan = (SimdPlan) backend.compile(graph)) {
      return plan.lowered();
    }
  }

  /**
   * Half a billion weights from a few that are drawn: a parameter is a part of the pool that its
   * name chooses, scaled as {@link SeededWeights} does.
   */
  private static WeightSource weights(Block block) {
    SeededWeights small = new SeededWeights(7, block);
    return (name, dims) -> {
      int size = Tensor.meta(dims).size();
      if (dims.length == 1) {
        return small.get(name, dims);
      }
      int fanIn = size / dims[0];
      float scale = (float) Math.sqrt((dims.length == 4 ? 2.0 : 1.0) / fanIn);
      float[] values = new float[size];
      int from = Math.floorMod(name.hashCode(), POOL.length);
      for (int i = 0; i < size; i++) {
        values[i] = POOL[from] * scale;
        from = from + 1 == POOL.length ? 0 : from + 1;
      }
      return Tensor.of(values, dims);
    };
  }

  /** The last picture of the batch, alone in the session. */
  private static void checkAlone(
      SimdSession session, float[] pictures, float[] expected, String what) {
    int pixels = pictures.length / BATCH;
    int classes = expected.length / BATCH;
    float[] logits = new float[classes];
    session.run(1, Arrays.copyOfRange(pictures, 2 * pixels, 3 * pixels), logits);
    assertThat(logits)
        .as("%s, alone", what)
        .isEqualTo(Arrays.copyOfRange(expected, 2 * classes, 3 * classes));
  }

  private static float[] gaussian(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
