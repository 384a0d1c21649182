package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileCommandTest {
  @TempDir private Path folder;

  @Test
  void listsEveryStepAndTheSumsByAlgorithm() {
    Run run =
        Run.of(
                "profile",
                "--model",
                "resnet18",
                "--size",
                "32",
                "--threads",
                "1",
                "--backend",
                "simd",
                "--seconds",
                "0.2",
                "--alternatives")
            .succeeded();
    assertThat(run.out())
        .containsPattern("\nstep +algorithm +output +ms +share +GFLOP/s +of peak +limit ms\n")
        .containsPattern("\nlayer1\\.0\\.conv1 +[A-Z_0-9]+ +64x8x8 +\\d+\\.\\d{3} +\\d")
        .containsPattern("\navgpool +GLOBAL_AVG_POOL +512x1x1 +\\d+\\.\\d{3} +\\d+\\.\\d %\n")
        .containsPattern("\nalgorithm +steps +ms ")
        .containsPattern("\n\\d+\\.\\d\\d ms for a run, ")
        .containsPattern("\n\\d+\\.\\d\\d ms is the limit of these algorithms, ")
        .containsPattern("\n3 to 64, 7x7 on 32x32, stride 2 +conv1 +")
        .containsPattern(" \\* +IMPLICIT_GEMM +\\d+\\.\\d{3} ");
  }

  @Test
  void writesTheSameAsJson() {
    Run run =
        Run.of(
                "profile",
                "--model",
                "resnet18",
                "--size",
                "32",
                "--batch",
                "2",
                "--seconds",
                "0.1",
                "--backend",
                "simd",
                "--threads",
                "2",
                "--json")
            .succeeded();
    Map<String, Object> profile = Json.object(run.out());
    assertThat(profile)
        .containsEntry("model", "resnet18")
        .containsEntry("batch", 2L)
        .containsEntry("threads", 2L)
        .doesNotContainKey("alternatives");
    List<?> steps = (List<?>) profile.get("steps");
    assertThat(shares(steps)).isEqualTo(1, within(1e-9));
    assertThat(shares((List<?>) profile.get("algorithms"))).isEqualTo(1, within(1e-9));
    assertThat((Map<?, ?>) steps.getLast())
        .extracting("node", "shape")
        .containsExactly("fc", List.of(1000L, 1L, 1L));
    assertThat((double) profile.get("millis")).isPositive();
    assertThat(sum(steps, "limitMillis"))
        .isPositive()
        .isEqualTo((double) profile.get("limitMillis"), within(1e-9))
        .isEqualTo(sum((List<?>) profile.get("algorithms"), "limitMillis"), within(1e-9));
  }

  @Test
  void makesAPageOfIt() throws IOException {
    Path page = folder.resolve("layers.html");
    String arguments =
        "profile --model resnet18 --size 32 --seconds 0.1 --threads 1 --backend simd --html "
            + page;
    Run.of((Object[]) arguments.split(" ")).succeeded();
    assertThat(Files.readString(page))
        .contains("resnet18 on simd, batch 1, 1 thread")
        .contains("Roofline: every layer beside the machine")
        .contains("layer4.1.conv2")
        .contains("By algorithm");
    Run refused = Run.of("profile", "--model", "resnet18", "--html", folder.resolve("no/x.html"));
    assertThat(refused.refused().err()).contains("no/x.html");
  }

  private static double shares(List<?> rows) {
    return sum(rows, "share");
  }

  private static double sum(List<?> rows, String property) {
    return rows.stream().mapToDouble(row -> (double) ((Map<?, ?>) row).get(property)).sum();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model resnet51 | did you mean",
        "--model resnet18 --batch 0 | --batch",
        "--model resnet18 --seconds -1 | --seconds",
        "--model resnet18 --size 32 --backend reference --alternatives | --backend simd",
        "--batch 1 | --model",
      })
  void refusals(String arguments, String reason) {
    Run run = Run.of((Object[]) ("profile " + arguments).split(" ")).refused();
    assertThat(run.err()).contains(reason);
  }
}
