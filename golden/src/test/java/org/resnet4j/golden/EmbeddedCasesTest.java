package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;

/** The embedded cases against torchvision's float64. */
class EmbeddedCasesTest {
  private static final Path FOLDER = Path.of("src/main/resources/org/resnet4j/golden/cases");
  private static final Backend REFERENCE = Backends.open("reference", BackendOptions.defaults());
  private static final Backend SIMD = Backends.open("simd", BackendOptions.defaults());

  @AfterAll
  static void close() {
    REFERENCE.close();
    SIMD.close();
  }

  static Stream<String> names() {
    return GoldenCases.names().stream();
  }

  @Test
  void everyFileIsACaseAndEveryCaseHasItsFile() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".safetensors", "")))
          .containsExactlyInAnyOrderElementsOf(
              names().filter(name -> !name.equals(DemoModel.NAME)).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void simdPasses(String name) {
    passes(Verifier.verify(GoldenCases.load(name), SIMD));
  }

  /** torchvision in float64, the reference unfused, the reference fused: each arrow is a claim. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18-w16",
        "resnet18-97x97",
        "depthwise-96",
        "groups2-96",
        "resnet18-classes10-64",
        "resnet50-classes1-64"
      })
  void theReferencePassesFusedAndUnfused(String name) {
    GoldenCase golden = GoldenCases.load(name);
    passes(Verifier.verify(golden, REFERENCE, graph -> graph));
    passes(Verifier.verify(golden, REFERENCE));
  }

  private static void passes(CaseResult result) {
    StageResult worst = result.worst();
    System.out.printf(
        Locale.ROOT,
        "%-24s %-9s logits %.2f E_ref, worst %s at %.0f %% of its gate%n",
        result.name(),
        result.backend(),
        result.logits().ratio(),
        worst.name(),
        100 * worst.load());
    assertThat(result.passed()).as(result.toString()).isTrue();
    assertThat(result.stages()).hasSize(result.name().equals(DemoModel.NAME) ? 1 : 7);
    assertThat(result.stages()).allSatisfy(stage -> assertThat(stage.eRef()).isPositive());
  }

  @Test
  void areFoundByTheirNetwork() {
    assertThat(GoldenCases.ofModel("resnet18"))
        .containsExactly(
            "resnet18-224",
            "resnet18-97x97",
            "resnet18-225x160",
            "resnet18-256x320",
            "resnet18-classes10-64",
            "resnet18-cifar-32");
    assertThat(GoldenCases.ofModel(DemoModel.NAME)).containsExactly(DemoModel.NAME);
    assertThat(GoldenCases.ofModel("alexnet")).isEmpty();
  }

  @Test
  void anUnknownNameIsAnsweredWithAllNames() {
    assertThatThrownBy(() -> GoldenCases.load("resnet18-225"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("resnet18-225", "resnet18-224, ", "groups2-96");
  }
}
