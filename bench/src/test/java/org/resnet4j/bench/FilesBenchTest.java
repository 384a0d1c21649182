package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FilesBenchTest {
  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    try (Stream<Path> samples = Files.list(Run.SAMPLES)) {
      for (Path sample : samples.filter(each -> each.toString().endsWith(".png")).toList()) {
        Files.copy(sample, folder.resolve(sample.getFileName()));
      }
    }
  }

  @Test
  void showsTheRateBesideTheBoundOfItsParts() throws IOException {
    Files.writeString(folder.resolve("broken.jpg"), "no picture");
    Path json = folder.resolve("results.json");
    Run run =
        Run.of(
            "bench",
            "--weights",
            Run.DEMO_WEIGHTS,
            "--files",
            folder,
            "--seconds",
            0.05,
            "--threads",
            "2,1",
            "--json",
            json);
    assertThat(run.code()).as(run.err()).isEqualTo(1); // one is broken
    long pictures;
    try (Stream<Path> files = Files.list(folder)) {
      pictures = files.filter(each -> each.toString().endsWith(".png")).count();
    }
    assertThat(run.out())
        .contains("files    " + pictures + " of " + folder, "; 1 more cannot be read, JPEG by ")
        .contains("of bound", "resnet18");
    JsonNode results = JsonMapper.shared().readTree(Files.readString(json));
    assertThat(results.get("pictures").asInt()).isEqualTo(pictures);
    assertThat(results.get("fromFiles")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode row = results.get("fromFiles").get(i);
      int threads = row.get("threads").asInt();
      assertThat(threads).isEqualTo(2 - i);
      assertThat(row.get("batch").asInt()).isEqualTo(8);
      assertThat(row.get("rounds")).hasSize(7);
      JsonNode parts = row.get("parts");
      double millis =
          parts.get("decode").asDouble()
              + parts.get("crop").asDouble()
              + parts.get("network").asDouble();
      double bound = row.get("boundImagesPerSecond").asDouble();
      assertThat(bound * millis / 1000 / threads).isBetween(0.5, 2.0); // medians of seven
      assertThat(row.get("shareOfBound").asDouble()).isBetween(0.01, 3.0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size 64 | files are cropped",
        "--http | is for --load",
        "--peer pytorch | bench/tools/dataloader.py",
        "--against tpu | no such backend on the path",
      })
  void refusesWhatDoesNotGoWithIt(String options, String reason) {
    String command = "bench --model resnet18 --files " + folder + " " + options;
    assertThat(Run.of((Object[]) command.split(" ")).refused().err()).contains(reason);
  }

  @Test
  void needsPicturesThatAreSound() throws IOException {
    Path none = Files.createDirectory(folder.resolve("none"));
    Run empty = Run.of("bench", "--model", "resnet18", "--files", none);
    assertThat(empty.refused().err()).contains(none + ": no *.png");
    Path broken = Files.writeString(none.resolve("broken.jpg"), "no picture");
    Run noneSound = Run.of("bench", "--model", "resnet18", "--files", none);
    assertThat(noneSound.refused().err()).startsWith("resnet4j: " + broken + ": ");
    Path missing = folder.resolve("missing");
    Run notThere = Run.of("bench", "--model", "resnet18", "--files", missing);
    assertThat(notThere.refused().err()).startsWith("resnet4j: " + missing + ": ");
  }

  /** A run that measures nothing leaves what a run before it has written. */
  @Test
  void whatCannotRunIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path json =
        Files.writeString(folder.resolve("results.json"), "{\"machine\":{}, \"precious\":1}");
    String refusal =
        Run.of(
                "bench",
                "--model",
                "resnet18",
                "--files",
                folder,
                "--batch",
                100_000,
                "--json",
                json)
            .refused()
            .err();
    assertThat(refusal)
        .startsWith("resnet4j: --batch 100000: ")
        .contains("; choose a smaller batch");
    assertThat(json).content().isEqualTo("{\"machine\":{}, \"precious\":1}");
  }

  /** More than it can do is refused, less is answered. */
  @Test
  void callersWhoWaitForNobodyAreAnsweredOrRefused() throws IOException {
    Path model = folder.resolve("my model#1.onnx"); // whose name becomes a part of addresses
    Run.of("export", "--weights", Run.DEMO_WEIGHTS, "--onnx", model).succeeded();
    Path json = folder.resolve("results.json");
    Run run =
        Run.of(
                "bench",
                "--weights",
                model,
                "--files",
                folder,
                "--seconds",
                0.1,
                "--load",
                "20,600",
                "--http",
                "--json",
                json)
            .succeeded();
    assertThat(run.out()).contains("answered/s", "\n 20 % ", "\n600 % ");
    JsonNode loads = JsonMapper.shared().readTree(Files.readString(json)).get("loads");
    assertThat(loads).hasSize(4);
    for (int front = 0; front < 2; front++) {
      JsonNode low = loads.get(front);
      JsonNode high = loads.get(2 + front);
      assertThat(low.get("front").asString()).isEqualTo(front == 0 ? "library" : "http");
      assertThat(low.get("percent").asInt()).isEqualTo(20);
      assertThat(low.get("answeredPerSecond").asDouble()).isPositive();
      assertThat(low.get("p50Millis").asDouble()).isPositive();
      assertThat(high.get("refusedPercent").asDouble())
          .isGreaterThan(20 + low.get("refusedPercent").asDouble());
    }
    JsonNode high = loads.get(2);
    assertThat(high.get("mostWaiting").asInt()).isPositive();
  }
}
