package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    String readme = Files.readString(ROOT.resolve("README.md"));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    Path source = folder.resolve("Example.java");
    Files.writeString(source, readme.substring(begin, readme.indexOf("```", begin)));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    source.toString(),
                    ROOT.resolve(
                            "golden/src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors")
                        .toString(),
                    ROOT.resolve("golden/samples/00.png").toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    assertThat(Files.readAllLines(log)).anyMatch(line -> line.matches(" *94\\.5 % {2}Sneaker"));
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
