package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

class ResNetTest {
  /**
   * torchvision's {@code num_params} and {@code _ops} (in units of 10^9, three digits) of each
   * network's weights.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 11689512, 1.814",
    "resnet34, 21797672, 3.664",
    "resnet50, 25557032, 4.089",
    "resnet101, 44549160, 7.801",
    "resnet152, 60192808, 11.514",
    "resnext50_32x4d, 25028904, 4.23",
    "resnext101_32x8d, 88791336, 16.414",
    "resnext101_64x4d, 83455272, 15.46",
    "wide_resnet50_2, 68883240, 11.398",
    "wide_resnet101_2, 126886696, 22.753",
  })
  void countsAsTorchvisionDoes(String name, long parameters, double gigaMultiplyAdds) {
    Graph graph = build(ResNets.named(name));
    assertThat(graph.parameters()).isEqualTo(parameters);
    assertThat(Math.round(graph.multiplyAdds() / 1e6) / 1e3).isEqualTo(gigaMultiplyAdds);
  }

  /**
   * Table 1 of the paper; it truncates 50 and 101 layers to 3.8 and 7.6, which lie at 3.86 and
   * 7.57.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 1.8",
    "resnet34, 3.6",
    "resnet50, 3.8",
    "resnet101, 7.6",
    "resnet152, 11.3",
  })
  void countsAsThePaperDoes(String name, double billions) {
    double counted =
        build(ResNets.named(name).withStridePlacement(StridePlacement.V1)).multiplyAdds() / 1e9;
    boolean truncated = Math.floor(counted * 10) / 10 == billions;
    boolean rounded = Math.round(counted * 10) / 10.0 == billions;
    assertThat(truncated || rounded).as("%s: %s", name, counted).isTrue();
  }

  /**
   * Figure 5: the two blocks for 256 channels have similar weights in ResNet's bottleneck, 17 times
   * as many in a basic block.
   */
  @Test
  void theBlocksOfFigure5HaveThePapersWeights() {
    long basic = 2L * 256 * 256 * 9;
    ResNetSpec wide = ResNets.named("resnet18").withBaseWidth(256);
    assertThat(blockWeights(build(wide), "layer1.1.")).isEqualTo(basic).isEqualTo(1_179_648);
    assertThat(blockWeights(build(ResNets.named("resnet50")), "layer1.1.")).isEqualTo(69_632);
  }

  private static long blockWeights(Graph graph, String prefix) {
    return graph.nodes().stream()
        .filter(node -> node.name().startsWith(prefix))
        .mapToLong(node -> node.op() instanceof Op.Conv conv ? conv.weight().size() : 0)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "resnext101_64x4d"})
  void halvesTheImageFiveTimes(String name) {
    Graph graph = build(ResNets.named(name));
    int depth = ResNets.named(name).depths().getFirst() - 1;
    assertThat(graph.node("relu").shape()).isEqualTo(new Shape(64, 112, 112));
    assertThat(graph.node("maxpool").shape()).isEqualTo(new Shape(64, 56, 56));
    assertThat(graph.node("layer1." + depth + ".relu").shape().height()).isEqualTo(56);
    assertThat(graph.node("layer2.0.relu").shape().height()).isEqualTo(28);
    assertThat(graph.node("layer3.0.relu").shape().height()).isEqualTo(14);
    assertThat(graph.node("layer4.0.relu").shape().height()).isEqualTo(7);
    assertThat(graph.output().shape()).isEqualTo(new Shape(1000, 1, 1));
  }

  @Test
  void projectsWhereTorchvisionDoes() {
    assertThat(projections(ResNets.named("resnet34")))
        .containsExactly("layer2.0.downsample.0", "layer3.0.downsample.0", "layer4.0.downsample.0");
    assertThat(projections(ResNets.named("resnet50")))
        .containsExactly(
            "layer1.0.downsample.0",
            "layer2.0.downsample.0",
            "layer3.0.downsample.0",
            "layer4.0.downsample.0");
    Op.Conv first = (Op.Conv) build(ResNets.named("resnet50")).node("layer1.0.downsample.0").op();
    assertThat(first.window().stride()).isEqualTo(1);
  }

  private static List<String> projections(ResNetSpec spec) {
    return build(spec).nodes().stream()
        .map(node -> node.name())
        .filter(name -> name.endsWith("downsample.0"))
        .toList();
  }

  @Test
  void placesTheStrideAsAsked() {
    Graph v1 = build(ResNets.named("resnet50").withStridePlacement(StridePlacement.V1));
    Graph v15 = build(ResNets.named("resnet50"));
    assertThat(stride(v1, "layer2.0.conv1")).isEqualTo(2);
    assertThat(stride(v1, "layer2.0.conv2")).isEqualTo(1);
    assertThat(stride(v15, "layer2.0.conv1")).isEqualTo(1);
    assertThat(stride(v15, "layer2.0.conv2")).isEqualTo(2);
  }

  private static int stride(Graph graph, String name) {
    return ((Op.Conv) graph.node(name).op()).window().stride();
  }

  @Test
  void asksForTorchvisionsTensors() {
    Set<String> names = new LinkedHashSet<>();
    ResNet.build(
        ResNets.named("resnet18"),
        224,
        224,
        (name, dims) -> {
          assertThat(names.add(name)).as(name).isTrue();
          return Tensor.meta(dims);
        });
    assertThat(names)
        .hasSize(20 + 4 * 20 + 2)
        .contains(
            "conv1.weight",
            "bn1.running_var",
            "layer1.0.conv1.weight",
            "layer2.0.downsample.0.weight",
            "layer2.0.downsample.1.running_mean",
            "layer4.1.bn2.bias",
            "fc.weight",
            "fc.bias");
  }

  @ParameterizedTest
  @CsvSource({"resnet18, 24", "resnet34, 40", "resnet50, 57", "resnet101, 108", "resnet152, 159"})
  void fusesIntoConvolutions(String name, int nodes) {
    Graph fused = Passes.inference().apply(build(ResNets.named(name)));
    assertThat(fused.nodes()).hasSize(nodes);
    assertThat(fused.nodes())
        .noneMatch(node ->
            node.op() instanceof Op.BatchNorm
                || node.op() instanceof Op.Relu
                || node.op() instanceof Op.Add);
    assertThat(fused.multiplyAdds()).isEqualTo(build(ResNets.named(name)).multiplyAdds());
  }

  @Test
  void buildsCustomMembers() {
    ResNetSpec depthwise =
        ResNetSpec.of("depthwise", Block.BOTTLENECK, List.of(1, 1, 1, 1), 64, 1).withNumClasses(1);
    Graph graph = ResNet.build(depthwise, 97, 65, WeightSource.META);
    assertThat(((Op.Conv) graph.node("layer1.0.conv2").op()).weight().dims())
        .containsExactly(64, 1, 3, 3);
    assertThat(graph.output().shape()).isEqualTo(new Shape(1, 1, 1));
  }

  @Test
  void roundsTheWidthAsTorchvisionDoes() {
    ResNetSpec spec =
        ResNetSpec.of("x", Block.BOTTLENECK, List.of(1, 1, 1, 1), 3, 5).withBaseWidth(20);
    assertThat(spec.width(0)).isEqualTo(3); // int(20 * (5 / 64)) * 3
    assertThat(spec.width(3)).isEqualTo(36); // int(160 * (5 / 64)) * 3
  }

  @Test
  void refusesImpossibleMembers() {
    assertThatThrownBy(() -> ResNetSpec.of("x", Block.BASIC, List.of(2, 2, 2, 2), 32, 4))
        .hasMessageContaining("basic block")
        .hasMessageContaining("32");
    assertThatThrownBy(() -> ResNetSpec.of("x", Block.BASIC, List.of(2, 2, 2), 1, 64))
        .hasMessageContaining("4 stage depths");
    assertThatThrownBy(() -> ResNetSpec.of("x", Block.BOTTLENECK, List.of(2, 0, 2, 2), 1, 64))
        .hasMessageContaining("blocks");
    assertThatThrownBy(() ->
            ResNetSpec.of("x", Block.BOTTLENECK, List.of(1, 1, 1, 1), 64, 1).withBaseWidth(16))
        .hasMessageContaining("no channel");
    assertThatThrownBy(() -> ResNets.named("resnet18").withNumClasses(-1))
        .hasMessageContaining("numClasses");
    assertThatThrownBy(() -> ResNets.named("resnet18").withInChannels(0))
        .hasMessageContaining("inChannels");
    assertThatThrownBy(() -> ResNets.named("resnet18").withBaseWidth(60000))
        .hasMessageContaining("channels in the last stage");
  }

  @Test
  void suggestsTheNearestName() {
    assertThatThrownBy(() -> ResNets.named("resnet-50"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean 'resnet50'?")
        .hasMessageContaining("wide_resnet101_2");
  }

  private static Graph build(ResNetSpec spec) {
    return ResNet.build(spec, 224, 224, WeightSource.META);
  }
}
