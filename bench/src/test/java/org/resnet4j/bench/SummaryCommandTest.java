package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryCommandTest {
  @Test
  void listsEveryLayerAndTorchvisionsTotals() {
    Run run = Run.of("summary", "resnet50").succeeded();
    assertThat(run.out())
        .containsPattern("layer +operator +output +parameters +multiply-adds\n")
        .containsPattern("conv1 +conv 7x7\\S* pad 3 +64x112x112 +9,408 +118,013,952\n")
        .containsPattern("layer4\\.2\\.bn3 +batch norm +2048x7x7 +4,096 +0\n")
        .contains("parameters     25,557,032 (102.2 MB as float32)\n")
        .contains("multiply-adds  4,089,184,256 (4.09 G)")
        .endsWith("drawing        resnet4j draw resnet50 -o resnet50.svg\n");
    assertThat(run.out().lines()).hasSize(1 + 175 + 1 + 4);
  }

  @Test
  void writesTheSameAsJson() {
    Map<String, Object> summary =
        Json.object(Run.of("summary", "resnet50", "--json").succeeded().out());
    assertThat(summary)
        .containsOnlyKeys("model", "parameters", "multiplyAdds", "activationBytes", "layers")
        .containsEntry("model", "resnet50")
        .containsEntry("parameters", 25_557_032L)
        .containsEntry("multiplyAdds", 4_089_184_256L);
    List<?> layers = (List<?>) summary.get("layers");
    assertThat(layers).hasSize(175);
    assertThat((Map<?, ?>) layers.get(1))
        .extracting("name", "shape", "parameters", "multiplyAdds")
        .containsExactly("conv1", List.of(64L, 112L, 112L), 9408L, 118_013_952L);
    Map<?, ?> bytes = (Map<?, ?>) summary.get("activationBytes");
    long planned = (long) bytes.get("planned");
    assertThat((long) bytes.get("naive")).isGreaterThan(4 * planned);
    // The stem's output and the pooled map live at once.
    assertThat(planned).isGreaterThanOrEqualTo(4L * (64 * 112 * 112 + 64 * 56 * 56));
  }

  @Test
  void takesSizeClassesAndStridePlacement() {
    Map<String, Object> plain = Json.object(Run.of("summary", "resnet50", "--json").out());
    Map<String, Object> v1 = Json.object(Run.of("summary", "resnet50", "--v1", "--json").out());
    assertThat((long) v1.get("multiplyAdds")).isLessThan((long) plain.get("multiplyAdds"));
    assertThat(v1.get("parameters")).isEqualTo(plain.get("parameters"));

    Map<String, Object> other =
        Json.object(
            Run.of("summary", "resnet18", "--size", 64, "--num-classes", 10, "--json").out());
    List<?> layers = (List<?>) other.get("layers");
    assertThat((Map<?, ?>) layers.getFirst()).extracting("shape").isEqualTo(List.of(3L, 64L, 64L));
    assertThat((Map<?, ?>) layers.getLast()).extracting("shape").isEqualTo(List.of(10L, 1L, 1L));
    assertThat(other.get("parameters")).isEqualTo(11_689_512L - 990 * 513);
  }
}
