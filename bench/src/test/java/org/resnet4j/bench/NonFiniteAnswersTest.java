package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

/**
 * The demo model with one filter as large as float32 allows, which every check of a file passes.
 */
class NonFiniteAnswersTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");
  private static final String REASON =
      "the network's result is not finite, and layer2.0.conv1 is the first layer whose value is"
          + " not; the weights are damaged";

  @TempDir private static Path folder;
  private static Path weights;

  @BeforeAll
  static void damage() throws IOException {
    weights = changed("overflow.safetensors", Map.of());
  }

  private static Path changed(String name, Map<String, String> metadata) throws IOException {
    SafetensorsFile sound = SafetensorsFile.open(Run.DEMO_WEIGHTS);
    SafetensorsWriter writer = new SafetensorsWriter();
    List<String> floats =
        sound.tensors().keySet().stream().filter(key -> !key.endsWith("_tracked")).toList();
    for (Map.Entry<String, Tensor> entry : sound.readAll(floats).entrySet()) {
      Tensor tensor = entry.getValue();
      if (entry.getKey().equals("layer2.0.conv1.weight")) {
        float[] values = tensor.data().clone();
        Arrays.fill(values, 0, values.length / tensor.dim(0), 3e38f);
        tensor = Tensor.of(values, tensor.dims());
      }
      writer.add(entry.getKey(), tensor);
    }
    sound.metadata().forEach(writer::metadata);
    metadata.forEach(writer::metadata);
    Path file = folder.resolve(name);
    writer.write(file);
    return file;
  }

  @Test
  void onePictureIsRefused() {
    Run run = Run.of("classify", SNEAKER, "--weights", weights).refused();
    assertThat(run.err()).startsWith("resnet4j: " + SNEAKER + ": " + REASON);
    assertThat(run.out()).isEmpty();
    Run json = Run.of("classify", SNEAKER, "--weights", weights, "--json");
    assertThat(json.code()).isEqualTo(2);
    assertThat(Json.object(json.out())).containsOnlyKeys("image", "error");
    assertThat((String) Json.object(json.out()).get("error")).contains(REASON);
  }

  @Test
  void ofSeveralEachIsRefused() {
    Run run =
        Run.of("classify", SNEAKER, Run.SAMPLES.resolve("01.png"), "--weights", weights, "--json");
    assertThat(run.code()).isEqualTo(2);
    assertThat(Json.lines(run.out()))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).containsOnlyKeys("image", "error"));
  }

  @Test
  void nothingOfItIsTimed() throws IOException {
    Path json = folder.resolve("results.json");
    Run bench =
        Run.of("bench", "--model", "resnet18", "--size", 32, "--weights", weights, "--json", json);
    assertThat(bench.code()).isEqualTo(1);
    assertThat(bench.err()).contains("the answer of simd is not finite").endsWith("not timed\n");
    assertThat(Files.readString(json))
        .contains("\"results\":[]", "\"kind\":\"disagrees\"")
        .doesNotContain(":NaN", ",NaN", "[NaN");
    Run profile =
        Run.of("profile", "--model", "resnet18", "--size", 32, "--weights", weights, "--json");
    assertThat(profile.refused().err()).startsWith("resnet4j: " + weights + ": ");
    assertThat(profile.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"std, 1e-45", "std, 1e-6", "mean, 3e38", "mean, NaN", "crop_size, 0"})
  void aPreprocessingThatMakesNoPictureIsRefused(String key, String value) throws IOException {
    Path file = changed("preprocessing.safetensors", Map.of(key, value));
    assertThat(Run.of("classify", SNEAKER, "--weights", file).refused().err())
        .startsWith("resnet4j: " + file + ": metadata ")
        .contains("'" + key + "'");
  }
}
