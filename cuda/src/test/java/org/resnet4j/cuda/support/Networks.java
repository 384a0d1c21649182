package org.resnet4j.cuda.support;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.cuda.lowering.CudaCompiler;
import org.resnet4j.cuda.lowering.Lowering;

/** Networks, most of them without weights. */
public final class Networks {
  private Networks() {}

  public static Graph fused(ResNetSpec spec, int height, int width) {
    return Passes.inference().apply(ResNet.build(spec, height, width, WeightSource.META));
  }

  /** One block in each stage, 4 channels wide, 5 classes, with weights. */
  public static Graph tiny(Block block, int size) {
    ResNetSpec spec =
        ResNetSpec.of("tiny", block, List.of(1, 1, 1, 1), 1, 64).withBaseWidth(4).withNumClasses(5);
    return Passes.inference().apply(ResNet.build(spec, size, size, new SeededWeights(3, block)));
  }

  public static Lowering lowered(String name, Precision precision) {
    return CudaCompiler.lower(fused(ResNets.named(name), 224, 224), precision);
  }

  /** The ten networks, then members with odd widths, groups and numbers of classes. */
  static List<ResNetSpec> specs() {
    List<ResNetSpec> specs = new ArrayList<>(ResNets.all());
    List<Integer> mixed = List.of(2, 1, 2, 1);
    specs.add(ResNetSpec.of("odd basic", Block.BASIC, mixed, 1, 64).withBaseWidth(13));
    specs.add(ResNetSpec.of("odd", Block.BOTTLENECK, mixed, 1, 64).withBaseWidth(10));
    specs.add(ResNetSpec.of("five groups", Block.BOTTLENECK, mixed, 5, 33).withBaseWidth(20));
    specs.add(ResNetSpec.of("depthwise", Block.BOTTLENECK, mixed, 32, 4).withBaseWidth(16));
    specs.add(
        ResNetSpec.of("stride first", Block.BOTTLENECK, mixed, 3, 40)
            .withBaseWidth(24)
            .withNumClasses(7)
            .withStridePlacement(StridePlacement.V1));
    return specs;
  }

  /** All of them, some on odd images, in every precision. */
  public static Stream<Lowering> all() {
    return specs().stream()
        .flatMap(spec ->
            Stream.of(fused(spec, 224, 224), fused(spec, 97, 65))
                .flatMap(graph ->
                    Arrays.stream(Precision.values())
                        .map(precision -> CudaCompiler.lower(graph, precision))));
  }
}
