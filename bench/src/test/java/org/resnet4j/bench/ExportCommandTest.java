package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;
import org.resnet4j.golden.DemoModel;

class ExportCommandTest {
  @TempDir private Path folder;

  @Test
  void writesTheEmbeddedModel() throws IOException {
    Path file = folder.resolve("demo.onnx");
    Run run = Run.of("export", "--onnx", file).succeeded();
    assertSameWeights(file, DemoModel.load().graph());
    assertThat(run.out())
        .startsWith("model    resnet18-w16: resnet18 (base width 16), 10 classes, ")
        .contains("\nwritten  " + file + ": 69 nodes, opset 17, 2.84 MB\n")
        .endsWith("input    input: float32 [N, 3, 64, 64]\noutput   logits: float32 [N, 10]\n");
    assertThat(files()).containsExactly(file);
  }

  /** Beside what it says of itself. */
  private static void assertSameWeights(Path file, Graph graph) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] bare = OnnxWriter.toBytes(graph);
    assertThat(Arrays.copyOf(bytes, bare.length)).isEqualTo(bare);
  }

  /** Whoever loads it prepares pictures and names classes as the model does. */
  @Test
  void answersAsTheModelDoes() throws IOException {
    Path file = folder.resolve("demo.onnx");
    Run.of("export", "--onnx", file).succeeded();
    Run own = Run.of("classify", Run.SAMPLES, "--json").succeeded();
    Run exported = Run.of("classify", Run.SAMPLES, "--json", "--weights", file).succeeded();
    assertThat(predictions(exported)).isEqualTo(predictions(own)).isNotEmpty();
  }

  /** Classes and their names, and probabilities to five digits: a norm's epsilon is a float. */
  private static List<String> predictions(Run run) {
    return run.out()
        .lines()
        .map(line -> line.substring(line.indexOf("\"predictions\""), line.indexOf("\"millis\"")))
        .map(line -> line.replaceAll("(0\\.\\d{5})\\d*", "$1"))
        .toList();
  }

  @Test
  void ofAnotherSizeItTakesLargerPictures() throws IOException {
    Path file = folder.resolve("demo.onnx");
    Run.of("export", "--onnx", file, "--size", "96x96").succeeded();
    Preprocessing own = DemoModel.load().preprocessing();
    PretrainedModel loaded = PretrainedModel.load(file, ModelOptions.defaults());
    assertThat(loaded.preprocessing().crop()).isEqualTo(96);
    assertThat(loaded.preprocessing().resizeShorterSide())
        .isEqualTo(96 * own.resizeShorterSide() / own.crop());
    assertThat(loaded.preprocessing().mean()).isEqualTo(own.mean());
    assertThat(loaded.labels().names()).isEqualTo(DemoModel.load().labels().names());
  }

  /** Which pictures do not fit, but whoever wants no pictures takes it as it is. */
  @Test
  void ofAnotherFormItIsANetworkStill() throws IOException {
    Path file = folder.resolve("demo.onnx");
    Run.of("export", "--onnx", file, "--size", "96x64").succeeded();
    assertThat(Run.of("classify", Run.SAMPLES, "--weights", file).refused().err())
        .contains("takes pictures of 96x64 pixels, and crops are square", "state a crop");
    assertThat(Run.of("draw", file, "-o", "-").succeeded().out()).contains("96", "64");
    Run bench =
        Run.of("bench", "--weights", file, "--batch", 1, "--seconds", 1, "--threads", 1)
            .succeeded();
    assertThat(bench.out()).contains("96x64");
  }

  /** Options say of pictures and answers what the weights' file says wrongly. */
  @Test
  void carriesWhatTheOptionsSay() throws IOException {
    Path weights = folder.resolve("bad.safetensors");
    SafetensorsFile sound = SafetensorsFile.open(Run.DEMO_WEIGHTS);
    List<String> floats =
        sound.tensors().keySet().stream().filter(key -> !key.endsWith("_tracked")).toList();
    SafetensorsWriter.write(weights, sound.readAll(floats), Map.of("classes", "none"));
    Path file = folder.resolve("a.onnx");
    assertThat(Run.of("export", "--onnx", file, "--weights", weights).refused().err())
        .contains("metadata 'classes'", "say it by an option");
    Path labels = Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    Run.of(
            "export",
            "--onnx",
            file,
            "--weights",
            weights,
            "--labels",
            labels,
            "--crop",
            40,
            "--std",
            0.5)
        .succeeded();
    PretrainedModel loaded = PretrainedModel.load(file, ModelOptions.defaults());
    assertThat(loaded.labels().names())
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    assertThat(loaded.preprocessing().crop()).isEqualTo(40);
    assertThat(loaded.preprocessing().std()).containsExactly(0.5f, 0.5f, 0.5f);
  }

  @Test
  void fusesWhenAsked() throws IOException {
    Path file = folder.resolve("fused.onnx");
    Map<String, Object> said =
        Json.object(Run.of("export", "--onnx", file, "--fused", "--json").succeeded().out());
    Graph fused = Passes.inference().apply(DemoModel.load().graph());
    assertSameWeights(file, fused);
    assertThat(said)
        .containsOnlyKeys("file", "model", "nodes", "opset", "bytes", "image", "classes", "outputs")
        .containsEntry("file", file.toString())
        .containsEntry("model", "resnet18-w16")
        .containsEntry("nodes", 49L)
        .containsEntry("opset", 17L)
        .containsEntry("bytes", Files.size(file))
        .containsEntry("image", List.of(3L, 64L, 64L))
        .containsEntry("classes", 10L)
        .containsEntry("outputs", 10L);
  }

  @Test
  void takesWeightsAndSize() throws IOException {
    Path file = folder.resolve("a.onnx");
    Path weights = Run.DEMO_WEIGHTS;
    Run.of("export", "--onnx", file, "--weights", weights, "--model", "resnet18").succeeded();
    PretrainedModel loaded = PretrainedModel.load(weights, ModelOptions.defaults());
    assertSameWeights(file, loaded.graph());

    Run sized = Run.of("export", "--onnx", file, "--size", "97x64", "--force").succeeded();
    assertThat(sized.out()).contains("input: float32 [N, 3, 97, 64]\n");
    Run square = Run.of("export", "--onnx", file, "--size", "96", "--force").succeeded();
    assertThat(square.out()).contains("input: float32 [N, 3, 96, 96]\n");
  }

  @Test
  void replacesAFileOnlyWhenForced() throws IOException {
    Path file = Files.writeString(folder.resolve("a.onnx"), "old");
    assertThat(Run.of("export", "--onnx", file).refused().err())
        .isEqualTo(
            "resnet4j: "
                + file
                + ": exists already; choose another name, or replace it with --force\n");
    assertThat(file).hasContent("old");
    Run.of("export", "--onnx", file, "--force").succeeded();
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("resnet4j");
  }

  @Test
  void refusesBadPathsInOneLine() throws IOException {
    Path missing = folder.resolve("none/a.onnx");
    assertThat(Run.of("export", "--onnx", missing).refused().err())
        .startsWith("resnet4j: " + missing + ": cannot be written: its folder does not exist; ");
    assertThat(Run.of("export", "--onnx", folder, "--force").refused().err())
        .startsWith("resnet4j: " + folder + ": cannot be written: it is no regular file; ");
    assertThat(Run.of("export", "--onnx", "").refused().err()).isNotEmpty();
    assertThat(Run.of("export").refused().err()).contains("--onnx").contains("export --help");
    assertThat(files()).isEmpty();
  }

  @Test
  void refusesWeightsThatDoNotFit() throws IOException {
    Path file = folder.resolve("a.onnx");
    Path none = folder.resolve("none.safetensors");
    assertThat(Run.of("export", "--onnx", file, "--weights", none).refused().err())
        .startsWith("resnet4j: " + none + ": ");
    assertThat(Run.of("export", "--onnx", file, "--model", "resnet50").refused().err())
        .startsWith("resnet4j: --model resnet50: its weights are not shipped; ");
    assertThat(Run.of("export", "--onnx", file, "--v1").refused().err())
        .startsWith("resnet4j: --v1: does not apply to the embedded model; ");
    assertThat(
            Run.of("export", "--onnx", file, "--weights", Run.DEMO_WEIGHTS, "--num-classes", 7)
                .refused()
                .err())
        .startsWith("resnet4j: " + Run.DEMO_WEIGHTS + ": ");
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x64", "64x", "x", "64x64x3", "big", "-1x64", "64x70000", "99999999999"})
  void refusesSizesThatAreNone(String size) {
    assertThat(Run.of("export", "--onnx", folder.resolve("a.onnx"), "--size", size).refused().err())
        .contains("--size")
        .contains("such as 224x160, got '" + size + "'");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void standardOutputIsNoFile() {
    assertThat(Run.of("export", "--onnx", "-").refused().err()).contains("--onnx -", "name a file");
    assertThat(Path.of("-")).doesNotExist();
  }

  /** Two options for one thing; and one that the file would not keep. */
  @Test
  void refusesToSayTwiceHowLargePicturesAre() throws IOException {
    Path file = folder.resolve("a.onnx");
    assertThat(sized(file, "96", "--crop", 48, "--resize", 50).refused().err())
        .contains("--crop: is how large pictures are, as --size is; leave one of them out");
    assertThat(sized(file, "96x64", "--resize", 120).refused().err())
        .contains("--resize: is for a square that is cropped");
    sized(file, "96", "--resize", 120).succeeded();
    PretrainedModel loaded = PretrainedModel.load(file, ModelOptions.defaults());
    assertThat(loaded.preprocessing().crop()).isEqualTo(96);
    assertThat(loaded.preprocessing().resizeShorterSide()).isEqualTo(120);
  }

  private static Run sized(Path file, String size, Object... options) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("export", "--onnx", file, "--weights", Run.DEMO_WEIGHTS, "--size", size));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray());
  }
}
