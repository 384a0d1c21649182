package org.resnet4j.bench.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Pass;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.Stem;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;

/** Networks taken apart. */
class NetworkPartsTest {
  static Stream<ResNetSpec> specs() {
    ResNetSpec odd =
        new ResNetSpec(
            "odd",
            Block.BOTTLENECK,
            List.of(1, 2, 1, 3),
            3,
            22,
            13,
            7,
            StridePlacement.V1,
            1,
            Stem.CIFAR);
    ResNetSpec shallow =
        new ResNetSpec(
            "shallow",
            Block.BASIC,
            List.of(1, 1, 1, 1),
            1,
            64,
            5,
            0,
            StridePlacement.V1_5,
            4,
            Stem.IMAGENET);
    return Stream.concat(ResNets.all().stream(), Stream.of(odd, shallow));
  }

  /** Projections stand where channels or extents change: first in a stage. */
  @ParameterizedTest
  @MethodSource("specs")
  void stagesAndShortcutsAreTheSpecifications(ResNetSpec spec) {
    Graph graph = ResNet.build(spec, 97, 130, WeightSource.META);
    for (Graph each : List.of(graph, Passes.inference().apply(graph))) {
      NetworkParts parts = NetworkParts.of(each);
      assertThat(parts.stages()).extracting(part -> part.pieces().size()).isEqualTo(spec.depths());
      assertThat(parts.stages())
          .extracting(Part::name)
          .containsExactly("layer1", "layer2", "layer3", "layer4");
      assertThat(parts.parts())
          .extracting(Part::kind)
          .startsWith(Part.Kind.STEM, Part.Kind.STAGE)
          .endsWith(Part.Kind.STAGE, Part.Kind.HEAD);
      boolean widens = spec.block() == Block.BOTTLENECK;
      for (int stage = 0; stage < 4; stage++) {
        List<Piece> blocks = parts.stages().get(stage).pieces();
        for (int i = 0; i < blocks.size(); i++) {
          ResidualBlock block = (ResidualBlock) blocks.get(i);
          assertThat(block.isProjection()).isEqualTo(i == 0 && (stage > 0 || widens));
          assertThat(block.path()).hasSize(widens ? 3 : 2);
          assertThat(block.shortcut()).hasSize(block.isProjection() ? 1 : 0);
        }
      }
      assertThatNothingIsMissing(parts, each);
    }
  }

  private static void assertThatNothingIsMissing(NetworkParts parts, Graph graph) {
    List<Node> nodes = new ArrayList<>();
    parts.pieces().forEach(piece -> nodes.addAll(piece.nodes()));
    assertThat(nodes).containsExactlyInAnyOrderElementsOf(graph.nodes());
    assertThat(parts.parts().stream().mapToLong(Part::parameters).sum())
        .isEqualTo(graph.parameters());
    assertThat(parts.parts().stream().mapToLong(Part::multiplyAdds).sum())
        .isEqualTo(graph.multiplyAdds());
    assertThat(parts.unread()).isEmpty();
  }

  /** Table 1 of He et al. 2015. */
  @Test
  void resNet50HasThePapersShapes() {
    NetworkParts parts = NetworkParts.of(Graphs.named("resnet50"));
    assertThat(parts.parts())
        .extracting(Part::shape)
        .containsExactly(
            new Shape(64, 56, 56),
            new Shape(256, 56, 56),
            new Shape(512, 28, 28),
            new Shape(1024, 14, 14),
            new Shape(2048, 7, 7),
            new Shape(1000, 1, 1));
    assertThat(parts.parts().getFirst().pieces())
        .extracting(piece -> Labels.lines(piece.layers().getFirst()))
        .asString()
        .contains("7×7/2, 64", "max pool, 3×3/2");
    ResidualBlock first = (ResidualBlock) parts.stages().get(2).pieces().getFirst();
    assertThat(first.path())
        .extracting(Labels::line)
        .containsExactly("1×1, 256", "3×3, 256, /2", "1×1, 1024");
    assertThat(Labels.line(first.shortcut())).isEqualTo("1×1, 1024, /2");
    assertThat(parts.stages()).extracting(Part::parameters).contains(7_098_368L);
  }

  @Test
  void aNetworkWithoutAdditionsIsOnePart() {
    Graph graph = Graphs.plain(30);
    NetworkParts parts = NetworkParts.of(graph);
    assertThat(parts.parts()).extracting(Part::kind).containsExactly(Part.Kind.PLAIN);
    assertThat(parts.pieces()).hasSize(31).hasOnlyElementsOfType(Layer.class);
    assertThatNothingIsMissing(parts, graph);
    assertThat(NetworkParts.of(Graphs.input(3, 5).build()).pieces()).hasSize(1);
  }

  @Test
  void whatIsNoResidualBlockIsBranches() {
    NetworkParts parts = NetworkParts.of(Graphs.nested());
    assertThat(parts.blocks()).isEmpty();
    Branches branches = (Branches) parts.stages().getFirst().pieces().getFirst();
    assertThat(branches.layers())
        .extracting(layer -> layer.main().name())
        .containsExactly("a", "b", "inner", "outer");
    assertThat(branches.nodes()).last().extracting(Node::name).isEqualTo("relu");
    assertThat(parts.unread()).extracting(Node::name).containsExactly("nobody's");
  }

  /** He et al. 2016, figure 1 (b). */
  @Test
  void preActivationBelongsToTheConvolutionAfterIt() {
    GraphBuilder graph = Graphs.input(8, 32);
    int norm = graph.add("bn1", Graphs.norm(8), graph.add("stem", Graphs.conv(8, 8, 3, 1), 0));
    int path = graph.add("relu2", new Op.Relu(), graph.add("bn2", Graphs.norm(8), norm));
    int split = path;
    path = graph.add("conv2", Graphs.conv(8, 8, 3, 1), split);
    path = graph.add("bn3", Graphs.norm(8), path);
    path = graph.add("conv3", Graphs.conv(8, 8, 3, 1), path);
    int added = graph.add("add", new Op.Add(), split, path);
    path = graph.add("relu4", new Op.Relu(), graph.add("bn4", Graphs.norm(8), added));
    path = graph.add("conv4", Graphs.conv(8, 8, 3, 1), path);
    graph.add("add2", new Op.Add(), path, added);
    NetworkParts parts = NetworkParts.of(graph.build());
    assertThat(parts.blocks()).hasSize(2).noneMatch(ResidualBlock::isProjection);
    assertThat(parts.blocks().getLast().path().getFirst().nodes())
        .extracting(Node::name)
        .containsExactly("bn4", "relu4", "conv4");
    assertThatNothingIsMissing(parts, graph.build());
  }

  @Test
  void theShortcutIsTheShorterWayWhateverTheOrder() {
    GraphBuilder graph = Graphs.input(8, 32);
    int pool = graph.add("pool", new Op.MaxPool(new Window(1, 1, 0)), 0);
    int one = graph.add("one", Graphs.conv(8, 8, 3, 1), 0);
    int two = graph.add("two", Graphs.conv(8, 8, 3, 1), one);
    int added = graph.add("add", new Op.Add(), pool, two);
    int large = graph.add("large", Graphs.conv(8, 8, 3, 1), added);
    int small = graph.add("small", Graphs.conv(8, 8, 1, 1), added);
    int next = graph.add("next", new Op.Add(), small, large);
    graph.add("twice", new Op.Add(), next, next);
    Pass fused = Passes.fuseResidual().then(Passes.fuseRelu()); // but what is added twice
    NetworkParts parts = NetworkParts.of(fused.apply(graph.build()));
    assertThat(parts.blocks())
        .extracting(block -> Labels.line(block.shortcut()))
        .containsExactly("max pool 1×1", "1×1, 8");
    assertThat(parts.pieces().getLast().nodes()).extracting(Node::name).containsExactly("twice");
  }

  @ParameterizedTest
  @CsvSource({
    "layer%s.0.%s, layer0 layer1 layer2",
    "/layer%1$s/layer%1$s.0/%2$s/Conv, layer0 layer1 layer2",
    "net/stage_%s/unit/%s, net.stage_0.unit net.stage_1.unit net.stage_2.unit",
    "resnet.encoder.stages.%s.layers.0.%s, stage 1 stage 2 stage 3",
    "conv_%s_%s, stage 1 stage 2 stage 3",
    "%s.%s, stage 1 stage 2 stage 3",
  })
  void stagesAreCalledWhatTheirNodesAre(String format, String expected) {
    NetworkParts parts = NetworkParts.of(Graphs.stages(format, 8, 9, 10));
    assertThat(String.join(" ", parts.stages().stream().map(Part::name).toList()))
        .isEqualTo(expected);
  }
}
