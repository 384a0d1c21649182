package org.resnet4j.golden;

import static org.resnet4j.core.model.StridePlacement.V1;
import static org.resnet4j.core.model.StridePlacement.V1_5;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.conformance.Values;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;

/**
 * A small network of the family, drawn at random, with weights and images.
 *
 * @param spec the network
 * @param image shape of one image
 * @param batch number of images
 * @param seed of the weights and images
 */
record Member(ResNetSpec spec, Shape image, int batch, long seed) {
  private static final long MAX_MULTIPLY_ADDS = 16_000_000;
  private static final long MAX_PARAMETERS = 1_000_000;
  private static final List<Integer> BASE_WIDTHS = List.of(8, 9, 12, 16, 20, 24, 31, 32);
  private static final List<Integer> WIDTHS_PER_GROUP = List.of(16, 24, 32, 64, 96);

  /** The {@code count} first members, of all kinds in turn, that are cheap enough. */
  static Stream<Member> some(int count) {
    return Stream.iterate(1L, seed -> seed + 1)
        .map(Member::draw)
        .filter(Member::isCheap)
        .limit(count);
  }

  private static Member draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int baseWidth = pick(random, BASE_WIDTHS);
    int kind = (int) (seed % 5);
    Block block = kind == 0 ? Block.BASIC : Block.BOTTLENECK;
    int groups = List.of(1, 1, 2, 4, pick(random, List.of(8, 12, 16))).get(kind);
    int widthPerGroup =
        switch (kind) {
          case 0 -> 64;
          case 4 -> Math.ceilDiv(64, baseWidth); // one channel a group in the first stage
          default -> pick(random, WIDTHS_PER_GROUP);
        };
    ResNetSpec spec =
        new ResNetSpec(
            "member " + seed,
            block,
            random.ints(ResNetSpec.STAGES, 1, 4).boxed().toList(),
            groups,
            widthPerGroup,
            baseWidth,
            random.nextInt(1, 51),
            random.nextBoolean() ? V1 : V1_5);
    Shape image = new Shape(3, random.nextInt(32, 98), random.nextInt(32, 98));
    return new Member(spec, image, random.nextInt(1, 5), seed);
  }

  private static int pick(SplittableRandom random, List<Integer> from) {
    return from.get(random.nextInt(from.size()));
  }

  private boolean isCheap() {
    Graph graph = graph(WeightSource.META);
    return batch * graph.multiplyAdds() <= MAX_MULTIPLY_ADDS
        && graph.parameters() <= MAX_PARAMETERS;
  }

  /** Not fused. */
  Graph graph() {
    return graph(new SeededWeights(seed, spec.block()));
  }

  /** Not fused, with weights from elsewhere. */
  Graph graph(WeightSource weights) {
    return ResNet.build(spec, image.height(), image.width(), weights);
  }

  /** NCHW. */
  float[] input() {
    return Values.REAL.inputs(new SplittableRandom(seed), (int) (batch * image.size()));
  }

  @Override
  public String toString() {
    return "%s %s, %d groups of %d, base width %d, %s, %d classes, %s, %d images of %s"
        .formatted(
            spec.block(),
            spec.depths(),
            spec.groups(),
            spec.widthPerGroup(),
            spec.baseWidth(),
            spec.stridePlacement(),
            spec.numClasses(),
            spec.name(),
            batch,
            image);
  }
}
