package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;

/** What README shows must hold: the library example runs, the table of networks is the graph's. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void theLibraryExampleRuns(@TempDir Path folder) throws IOException, InterruptedException {
    List<String> lines =
        run(
            folder,
            program(0),
            "../golden/src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors",
            "../golden/samples/00.png");
    assertThat(lines).anyMatch(line -> line.matches(" *94\\.5 % {2}Sneaker"));
  }

  @Test
  void theStreamExampleRuns(@TempDir Path folder) throws IOException, InterruptedException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(ROOT.resolve("golden/samples/00.png"), pictures.resolve("b.png"));
    Files.writeString(pictures.resolve("a.png"), "no picture");
    List<String> lines =
        run(
            folder,
            program(1),
            "../golden/src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors",
            pictures.toString());
    assertThat(lines)
        .filteredOn(line -> line.contains("pictures"))
        .satisfiesExactly(
            first -> assertThat(first).contains("a.png: "),
            second -> assertThat(second).contains("b.png: Prediction[").contains("Sneaker"));
  }

  @Test
  void theBatcherExampleRuns(@TempDir Path folder) throws IOException, InterruptedException {
    List<String> lines =
        run(
            folder,
            program(2),
            "../golden/src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors",
            "../golden/samples/00.png",
            "../golden/samples/00.png");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("Prediction["))
        .hasSize(2)
        .allMatch(line -> line.contains("Sneaker"));
  }

  /** Both programs give the numbers that stand below them. */
  @Test
  void theProgramsOfOnnxRuntimeAndOursGiveTheSameNumbers(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("garments.onnx");
    Run.of("export", "--onnx", file).succeeded();
    List<double[]> shown = lists(Files.readAllLines(ROOT.resolve("README.md")));
    assertThat(shown).hasSize(2);
    for (int i = 0; i < 2; i++) {
      double[] numbers = lists(run(folder, program(3 + i), file.toString())).getFirst();
      assertThat(numbers).hasSize(10);
      for (double[] expected : shown) {
        assertThat(numbers).containsExactly(expected, within(1e-4));
      }
    }
  }

  /** Lines such as {@code [1.5, -2]}. */
  private static List<double[]> lists(List<String> lines) {
    return lines.stream()
        .filter(line -> line.matches("\\[[-\\d., E]+]"))
        .map(line -> line.substring(1, line.length() - 1).split(", "))
        .map(numbers -> Arrays.stream(numbers).mapToDouble(Double::parseDouble).toArray())
        .toList();
  }

  /** One of README's programs, counted from 0. */
  private static String program(int index) throws IOException {
    String[] blocks = Files.readString(ROOT.resolve("README.md")).split("```java\n");
    return blocks[index + 1].substring(0, blocks[index + 1].indexOf("```"));
  }

  /** What a program prints. */
  private static List<String> run(Path folder, String program, String... arguments)
      throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Example.java"), program);
    Path log = folder.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return Files.readAllLines(log);
  }

  @Test
  void theTableOfNetworksIsTheGraphs() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
    for (ResNetSpec spec : ResNets.all()) {
      Graph graph = ResNet.build(spec, 224, 224, WeightSource.META);
      assertThat(lines)
          .contains(
              String.format(
                  Locale.ROOT,
                  "| `%s` | %,d | %.2f G |",
                  spec.name(),
                  graph.parameters(),
                  graph.multiplyAdds() / 1e9));
    }
  }

  @Test
  void theFilesItLinksToExist() throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md")).lines())
        .allSatisfy(line -> {
          for (int at = line.indexOf("]("); at >= 0; at = line.indexOf("](", at + 1)) {
            String target = line.substring(at + 2, line.indexOf(')', at));
            assertThat(new File(ROOT.toFile(), target)).exists();
          }
        });
  }
}
