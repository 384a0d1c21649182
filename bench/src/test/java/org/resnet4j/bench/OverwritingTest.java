package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No command writes over a file that it reads, whatever it was told. */
class OverwritingTest {
  private static final Path ONNX = Path.of("../core/src/test/resources/org/resnet4j/core/onnx");

  @TempDir private Path folder;

  /** A folder with a configuration, the same in parts, and an ONNX file with its values beside. */
  @BeforeEach
  void makeModels() throws IOException {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Files.copy(Run.DEMO_WEIGHTS, plain.resolve("model.safetensors"));
    Files.writeString(plain.resolve("config.json"), "{}");
    Files.createSymbolicLink(plain.resolve("link.json"), Path.of("config.json"));
    Path parts = Files.createDirectory(folder.resolve("parts"));
    Files.copy(Run.DEMO_WEIGHTS, parts.resolve("model-00001-of-00001.safetensors"));
    Files.writeString(
        parts.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"conv1.weight\":\"model-00001-of-00001.safetensors\"}}");
    for (String name : List.of("torch-external.onnx", "torch-external.data")) {
      Files.copy(ONNX.resolve(name), folder.resolve(name));
    }
  }

  private static Stream<List<String>> commands() {
    List<List<String>> commands = new ArrayList<>();
    for (String read :
        List.of(
            "plain plain/model.safetensors",
            "plain plain/config.json",
            "plain plain/link.json",
            "parts parts/model-00001-of-00001.safetensors",
            "parts parts/model.safetensors.index.json",
            "plain/model.safetensors plain/model.safetensors",
            "torch-external.onnx torch-external.data",
            "torch-external.onnx torch-external.onnx")) {
      String weights = read.split(" ")[0];
      String file = read.split(" ")[1];
      commands.add(List.of("bench", "--json", file, "--seconds", "0.01", "--weights", weights));
      commands.add(List.of("export", "--onnx", file, "--force", "--weights", weights));
      commands.add(List.of("profile", "--html", file, "--seconds", "0.01", "--weights", weights));
      commands.add(List.of("compare", "--json", file, "--seconds", "0.01", "--weights", weights));
      commands.add(List.of("compare", "--out", file, "--seconds", "0.01", "--weights", weights));
    }
    return commands.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void isRefused(List<String> command) throws IOException {
    Path file = folder.resolve(command.get(2));
    byte[] before = Files.readAllBytes(file);
    List<Object> arguments = new ArrayList<>(command);
    arguments.set(2, file);
    arguments.set(command.size() - 1, folder.resolve(command.getLast()));
    assertThat(Run.of(arguments.toArray()).refused().err())
        .contains(command.get(1) + " " + file, "is the file with the weights; name another one");
    assertThat(file).hasBinaryContent(before);
  }

  private static Path someResults() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("results"))) {
      return files
          .filter(each -> each.toString().endsWith(".json"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /** An earlier page or results may go, and nothing else. */
  @Test
  void whatIsNoPageOrResultsStays() throws IOException {
    Path text = Files.writeString(folder.resolve("thesis.txt"), "precious");
    String model = "resnet18";
    for (List<Object> command :
        List.<List<Object>>of(
            List.of("report", someResults(), "--out", text),
            List.of("compare", "--model", model, "--out", text),
            List.of("compare", "--model", model, "--out", folder.resolve("p"), "--json", text),
            List.of("bench", "--model", model, "--json", text),
            List.of("profile", "--model", model, "--html", text))) {
      assertThat(Run.of(command.toArray()).refused().err())
          .contains(text + ": is there already, and is no ", "; name another one");
      assertThat(text).hasContent("precious");
    }
    Path page = Files.writeString(folder.resolve("page.html"), "<!DOCTYPE html><p>my home");
    assertThat(Run.of("report", someResults(), "--out", page).refused().err())
        .contains(page + ": is there already, and is no page of these; name another one");
    Files.delete(page);
    Run.of("report", someResults(), "--out", page).succeeded();
    Files.writeString(page, Files.readString(page) + "of yesterday");
    Run.of("report", someResults(), "--out", page).succeeded();
    assertThat(page).content().startsWith("<!DOCTYPE html>\n").doesNotContain("of yesterday");
  }

  /** Files are known by their content, so that any may have any name. */
  private static Stream<List<String>> others() {
    String weights = "--weights " + Run.DEMO_WEIGHTS;
    return Stream.of(
            "picture picture.npy embed FILE --out FILE",
            "picture picture.npy.json embed SAMPLE FILE --out " + "picture.npy",
            "picture picture.npy embed FILE --out link.npy",
            "picture picture.json bench --model resnet18 --files FILE --json FILE",
            "weights weights.npy embed SAMPLE --weights FILE --out FILE",
            "labels labels.npy embed SAMPLE --labels FILE --out FILE " + weights,
            "labels labels.npy.json embed SAMPLE --labels FILE --out labels.npy " + weights,
            "picture picture.png explain FILE --out FILE",
            "weights weights.png explain SAMPLE --weights FILE --out FILE",
            "labels labels.png explain SAMPLE --labels FILE --out FILE " + weights,
            "labels labels.txt export --labels FILE --onnx FILE " + weights)
        .map(each -> List.of(each.split(" ")));
  }

  @ParameterizedTest
  @MethodSource("others")
  void isRefusedOfPicturesAndLabelsToo(List<String> words) throws IOException {
    Path sample = Run.SAMPLES.resolve("00.png");
    Path file = folder.resolve(words.get(1));
    switch (words.getFirst()) {
      case "picture" -> Files.copy(sample, file);
      case "weights" -> Files.copy(Run.DEMO_WEIGHTS, file);
      default -> Files.writeString(file, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    }
    Files.createSymbolicLink(folder.resolve("link.npy"), Path.of(words.get(1)));
    byte[] before = Files.readAllBytes(file);
    List<Object> arguments = new ArrayList<>();
    for (String word : words.subList(2, words.size())) {
      arguments.add(
          switch (word) {
            case "FILE" -> file;
            case "SAMPLE" -> sample;
            case "link.npy", "picture.npy", "labels.npy" -> folder.resolve(word);
            default -> word;
          });
    }
    if (!words.contains("bench")) {
      arguments.add("--force");
    }
    assertThat(Run.of(arguments.toArray()).refused().err())
        .containsPattern("is the file with (a|the) " + words.getFirst() + "; name another one");
    assertThat(file).hasBinaryContent(before);
  }
}
