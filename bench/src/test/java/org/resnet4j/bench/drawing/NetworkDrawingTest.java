package org.resnet4j.bench.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.weights.WeightSource;
import org.w3c.dom.Element;

/** Drawings, as an XML parser reads them. */
class NetworkDrawingTest {
  static Stream<Graph> graphs() {
    return Stream.concat(
        NetworkPartsTest.specs().map(NetworkDrawingTest::build),
        Stream.of(
            Graphs.plain(50),
            Graphs.nested(),
            Graphs.blocks("one", "two", "three"),
            Graphs.stages("%s.%s", 1, 15_000, 12),
            Graphs.input(1, 1).build()));
  }

  private static Graph build(ResNetSpec spec) {
    return ResNet.build(spec, 224, 224, WeightSource.META);
  }

  /** A millisecond for each node of the fused graph. */
  private static Map<String, Double> times(Graph graph) {
    Map<String, Double> times = new HashMap<>();
    Passes.inference().apply(graph).nodes().forEach(node -> times.put(node.name(), 1.0));
    times.remove("input");
    return times;
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void everyPieceIsThereAndNoTextIsOnAnother(Graph graph) {
    NetworkDrawing plain = NetworkDrawing.of("network", graph);
    for (NetworkDrawing drawing : List.of(plain, plain.withTimes(times(graph)))) {
      Svg svg = Svg.parse(drawing.svg());
      List<ResidualBlock> blocks = NetworkParts.of(graph).blocks();
      long projections = blocks.stream().filter(ResidualBlock::isProjection).count();
      assertThat(svg.withClass("nd-block")).hasSize(blocks.size());
      assertThat(svg.withClass("nd-dashed")).hasSize((int) projections + (projections > 0 ? 1 : 0));
      assertThat(svg.withClass("nd-block"))
          .allSatisfy(block -> assertThat(Svg.all(block, "title")).hasSize(1));
      double height = Svg.number(svg.root(), "height");
      List<Svg.Text> texts = svg.texts();
      for (Svg.Text text : texts) {
        assertThat(text.left()).as("%s", text).isPositive();
        assertThat(text.right()).as("%s", text).isLessThan(Metrics.WIDTH);
        assertThat(text.bottom()).as("%s", text).isLessThan(height);
        assertThat(texts).filteredOn(text::overlaps).containsExactly(text);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void textsOfBoxesAreInThem(Graph graph) {
    Svg svg = Svg.parse(NetworkDrawing.of("network", graph).svg());
    for (int tint = 0; tint < Palette.TINTS; tint++) {
      for (Element box : svg.withClass("nd-tint" + tint)) {
        Element rectangle = Svg.all(box, "rect").getFirst();
        double left = Svg.number(rectangle, "x");
        double top = Svg.number(rectangle, "y");
        for (Element each : Svg.all(box, "text")) {
          Svg.Text text = Svg.text(each);
          assertThat(text.left()).as("%s", text).isGreaterThan(left);
          assertThat(text.right()).isLessThan(left + Svg.number(rectangle, "width"));
          assertThat(text.top()).isGreaterThan(top);
          assertThat(text.bottom()).isLessThan(top + Svg.number(rectangle, "height"));
        }
      }
    }
  }

  /** ResNet-152 is one page of A4 within margins of 10 mm, its smallest text 9 pixels high. */
  @Test
  void theDeepestFitsOnAPage() {
    Svg svg = Svg.parse(NetworkDrawing.of("resnet152", Graphs.named("resnet152")).svg());
    assertThat(Svg.number(svg.root(), "height")).isLessThan(Metrics.WIDTH * 277 / 190);
    assertThat(Metrics.SMALL * 718 / Metrics.WIDTH).isGreaterThanOrEqualTo(9);
  }

  @Test
  void saysWhatItShows() {
    Svg svg = Svg.parse(NetworkDrawing.of("resnet50", Graphs.named("resnet50")).svg());
    assertThat(svg.root().getAttribute("role")).isEqualTo("img");
    assertThat(svg.root().getAttribute("aria-labelledby")).isEqualTo("nd-title nd-desc");
    assertThat(svg.all("title").getFirst().getTextContent()).isEqualTo("resnet50");
    assertThat(svg.all("desc").getFirst().getTextContent())
        .contains("25.6 M parameters", "4.09 G multiply-adds")
        .contains("16 residual blocks, 4 projection shortcuts", "6 blocks of 1024 × 14 × 14");
    assertThat(svg.texts())
        .extracting(Svg.Text::text)
        .contains(
            "25.6 M parameters · 4.09 G multiply-adds · input 3 × 224 × 224",
            "layer3 · 6 blocks · 1024 × 14 × 14 · 7.10 M parameters · 1.46 G multiply-adds",
            "1×1, 1024, /2",
            "identity shortcut",
            "projection shortcut");
    assertThat(svg.withClass("nd-block").get(7).getTextContent())
        .contains("layer3.0.conv2: 3×3, 256 → 256, stride 2, padding 1, batch norm, ReLU")
        .contains("shortcut layer3.0.downsample.0: 1×1, 512 → 1024, stride 2");
  }

  @Test
  void aBlocksTimeIsThatOfItsNodes() {
    Graph graph = Graphs.named("resnet50");
    Map<String, Double> fused = times(graph);
    fused.put("layer2.0.downsample.0", 40.5);
    Svg svg = Svg.parse(NetworkDrawing.of("resnet50", graph).withTimes(fused).svg());
    assertThat(svg.withClass("nd-level7")).hasSize(2); // it and the legend's
    assertThat(svg.texts())
        .extracting(Svg.Text::text)
        .contains("43.5 ms", "to 40.5 ms")
        .anyMatch(text -> text.startsWith("layer1 · 3 blocks") && text.endsWith(" 10.0 ms (10 %)"))
        .anyMatch(text -> text.endsWith("input 3 × 224 × 224 · 95.5 ms"));
    Map<String, Double> unfused = new HashMap<>();
    graph.nodes().stream().map(Node::name).forEach(name -> unfused.put(name, 0.5));
    unfused.put("elsewhere", 2.0);
    Svg other = Svg.parse(NetworkDrawing.of("resnet50", graph).withTimes(unfused).svg());
    assertThat(other.texts())
        .extracting(Svg.Text::text)
        .contains("6.00 ms", "5.00 ms") // 12 nodes of a block with a projection, 10 without
        .anyMatch(text -> text.endsWith("89.5 ms, of which 2.00 ms in steps that are not drawn"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNoTime(double millis) {
    NetworkDrawing drawing = NetworkDrawing.of("resnet18", Graphs.named("resnet18"));
    assertThatThrownBy(() -> drawing.withTimes(Map.of("conv1", millis)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("conv1: ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyTextCanBeReadOnWhatItStandsOn(boolean isDark) {
    Map<String, String> colours = Palette.of(isDark);
    for (String text : List.of("ink", "muted")) {
      assertThat(contrast(colours, text, "paper")).isGreaterThanOrEqualTo(4.5);
    }
    for (int i = 0; i < Palette.TINTS; i++) {
      assertThat(contrast(colours, "ink", "tint" + i)).isGreaterThanOrEqualTo(4.5);
    }
    double sign = isDark ? 1 : -1;
    double before = isDark ? -1 : 2;
    for (int i = 0; i < Palette.LEVELS; i++) {
      assertThat(contrast(colours, "on" + i, "level" + i)).isGreaterThanOrEqualTo(4.5);
      double luminance = Palette.luminance(colours.getOrDefault("level" + i, ""));
      assertThat(sign * (luminance - before)).isPositive();
      before = luminance;
    }
    assertThat(contrast(colours, "line", "paper")).isGreaterThanOrEqualTo(3);
    assertThat(Palette.contrast("#000000", "#ffffff")).isCloseTo(21, within(1e-9));
  }

  private static double contrast(Map<String, String> colours, String one, String other) {
    return Palette.contrast(colours.getOrDefault(one, ""), colours.getOrDefault(other, ""));
  }

  @Test
  void aHostileNameIsHarmless() {
    String script = "</title><script>alert(1)</script>\u0000\u001b[2J\u202e\ud800&amp;\"'";
    for (String name : List.of(script, "x".repeat(10_000), "\u4e00".repeat(10_000), "", " \n")) {
      Graph graph = Graphs.blocks(name + ".1", name + ".2");
      Svg svg = Svg.parse(NetworkDrawing.of(name, graph).svg());
      assertThat(svg.all("script")).isEmpty();
      assertThat(svg.texts()).allMatch(text -> text.right() < Metrics.WIDTH);
      assertThat(svg.all("title"))
          .allMatch(title -> title.getTextContent().length() < 1000)
          .allMatch(
              title -> title.getTextContent().chars().noneMatch(c -> c < '\n' || c == 0x202e));
      assertThat(svg.all("title").getFirst().getTextContent()).isNotBlank();
    }
  }

  @Test
  void severalAreInAPage() {
    NetworkDrawing drawing = NetworkDrawing.of("resnet18", Graphs.named("resnet18"));
    String page = "<p>" + drawing.element("a") + drawing.element("b") + "</p>";
    Svg svg = Svg.parse(page);
    List<String> ids =
        svg.all("*").stream()
            .map(each -> each.getAttribute("id"))
            .filter(id -> !id.isEmpty())
            .toList();
    assertThat(ids).hasSize(4).hasSameSizeAs(new HashSet<>(ids));
    assertThat(svg.all("style")).isEmpty();
    assertThat(NetworkDrawing.css())
        .contains("prefers-color-scheme:dark", "var(--nd-ink)")
        .doesNotContain("<", "&");
  }
}
