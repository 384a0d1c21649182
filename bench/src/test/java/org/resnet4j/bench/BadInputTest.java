package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each ends in one line that names the culprit, and exit code 2. */
class BadInputTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"missing.png", "two  spaces.png"})
  void missingFile(String name) {
    Path missing = folder.resolve(name);
    assertThat(Run.of("classify", missing).refused().err())
        .startsWith("resnet4j: " + missing + ": there is no such file");
  }

  @Test
  void aNameOfTwoLines() {
    assertThat(Run.of("classify", folder.resolve("two\n lines.png")).refused().err())
        .contains("two lines.png: there is no such file");
  }

  @Test
  void aNameThatBeginsWithAnAtIsAName() throws IOException {
    Path list = Files.writeString(folder.resolve("list"), "--version");
    for (String argument : List.of("@" + list, "@/dev/zero")) {
      assertThat(Run.of("classify", argument).refused().err())
          .startsWith("resnet4j: " + argument + ": there is no such file");
      assertThat(Run.of("summary", argument).refused().err()).contains("unknown model");
    }
  }

  /** Digits that no search finds and no script reads. */
  @Test
  void saysItWithTheSameDigitsEverywhere() {
    Locale here = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertThat(String.format("%d", 1)).isNotEqualTo("1");
      for (Run run :
          List.of(
              Run.of("classify", SNEAKER, "--max-pixels", 399),
              Run.of("classify", SNEAKER, "--threads", 100_000),
              Run.of("classify", SNEAKER, "--top", "many"),
              Run.of("summary", "resnet18", "--size", 2_000_000_000),
              Run.of("profile", "--model", "resnet18", "--batch", 100_000),
              Run.of("bench", "--model", "resnet18", "--seconds", 100_000))) {
        assertThat(run.refused().err()).matches("\\p{ASCII}*[0-9]\\p{ASCII}*");
      }
    } finally {
      Locale.setDefault(here);
    }
  }

  @Test
  void anEmptyName() {
    assertThat(Run.of("classify", "").refused().err()).contains("names nothing; try 'resnet4j");
    for (String option : List.of("--weights", "--labels")) {
      assertThat(Run.of("classify", SNEAKER, option, "").refused().err())
          .contains(option)
          .contains("names nothing; try 'resnet4j classify --help'");
    }
    assertThat(Run.of("export", "--onnx", "", "--force").refused().err()).contains("names nothing");
  }

  /** What is read is not written over, and what was measured before stays until there is more. */
  @Test
  void resultsDoNotDestroyWhatIsThere() throws IOException {
    Path weights = Files.copy(Run.DEMO_WEIGHTS, folder.resolve("weights.safetensors"));
    Run bench =
        Run.of(
            "bench", "--model", "resnet18", "--size", 32, "--weights", weights, "--json", weights);
    assertThat(bench.refused().err())
        .isEqualTo(
            "resnet4j: --json " + weights + ": is the file with the weights; name another one\n");
    assertThat(Run.of("export", "--weights", weights, "--onnx", weights, "--force").refused().err())
        .startsWith("resnet4j: --onnx " + weights + ": is the file with the weights");
    assertThat(weights).hasSameBinaryContentAs(Run.DEMO_WEIGHTS);
    Path results = Files.writeString(folder.resolve("results.json"), "earlier");
    Path missing = folder.resolve("missing.safetensors");
    Run.of("bench", "--model", "resnet18", "--weights", missing, "--json", results).refused();
    assertThat(results).hasContent("earlier");
    Path none = folder.resolve("none.json");
    Run.of("bench", "--model", "resnet18", "--weights", missing, "--json", none).refused();
    assertThat(none).doesNotExist();
  }

  /** The cause and what to do come last. */
  @Test
  void aLongNameLeavesRoomForTheCause() {
    Path missing = folder.resolve("x".repeat(200) + "/" + ("y".repeat(200) + "/").repeat(10) + "z");
    assertThat(Run.of("classify", missing).refused().err())
        .startsWith("resnet4j: " + folder)
        .endsWith(": there is no such file; check the path\n")
        .hasSizeLessThan(1100);
  }

  @Test
  void labelsWithoutASize() {
    Path endless = Path.of("/proc/kmsg");
    Assumptions.assumeTrue(Files.isRegularFile(endless));
    assertThat(
            Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--labels", endless)
                .refused()
                .err())
        .startsWith("resnet4j: " + endless + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--batch", "--threads", "--peer", "--against"})
  void aListOfNothing(String option) {
    Run run = Run.of("bench", "--model", "resnet18", "--size", 32, "--seconds", 0.1, option, ",");
    assertThat(run.refused().err())
        .startsWith("resnet4j: " + option + ": names nothing; try 'resnet4j bench --help'");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void noNetwork() {
    Run run = Run.of("bench", "--model", ",").refused();
    assertThat(run.err()).startsWith("resnet4j: --model: names nothing; ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void resultsCannotBeWrittenToAFolder() {
    for (Object file : List.of(folder, "/proc/none/x")) {
      Run run =
          Run.of("bench", "--model", "resnet18", "--size", 32, "--seconds", 0.1, "--json", file);
      assertThat(run.refused().err())
          .startsWith("resnet4j: " + file + ": ")
          .endsWith("; check the path\n");
    }
  }

  @Test
  void directoryWithoutPictures() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "no picture");
    assertThat(Run.of("classify", folder).refused().err())
        .startsWith("resnet4j: " + folder + ": no *.png");
  }

  @Test
  void damagedPictures() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");
    Path png = BadPictures.write(folder.resolve("cut.png"), BadPictures.truncatedPng());
    Path jpeg = BadPictures.write(folder.resolve("cut.jpg"), BadPictures.truncatedJpeg());
    Path empty = BadPictures.write(folder.resolve("empty.png"), new byte[0]);
    for (Path picture : List.of(text, png, jpeg, empty)) {
      Run run = Run.of("classify", picture).refused();
      assertThat(run.err()).startsWith("resnet4j: " + picture + ": ").contains("; ");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void hugePicture() throws IOException {
    Path huge = BadPictures.write(folder.resolve("huge.png"), BadPictures.png(20_000, 20_000));
    assertThat(Run.of("classify", huge).refused().err()).contains("20000x20000 pixels");
    Path small = BadPictures.write(folder.resolve("small.png"), BadPictures.png(20, 20));
    Run.of("classify", small, "--max-pixels", 400).succeeded();
    assertThat(Run.of("classify", small, "--max-pixels", 399).refused().err())
        .contains("20x20 pixels are more than the limit of 399");
  }

  @Test
  void unknownModel() {
    for (Run run :
        List.of(
            Run.of("classify", SNEAKER, "--model", "resnet51"), Run.of("summary", "resnet51"))) {
      assertThat(run.refused().err()).contains("unknown model 'resnet51'; did you mean 'resnet5");
    }
  }

  @Test
  void modelWithoutWeights() {
    assertThat(Run.of("classify", SNEAKER, "--model", "resnet50").refused().err())
        .startsWith("resnet4j: --model resnet50: its weights are not shipped; give --weights FILE");
    assertThat(Run.of("classify", SNEAKER, "--num-classes", 10).refused().err())
        .startsWith("resnet4j: --num-classes: does not apply to the embedded model; ");
  }

  @Test
  void badWeights() throws IOException {
    byte[] sound = Files.readAllBytes(Run.DEMO_WEIGHTS);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(sound, sound.length / 2));
    Path hostile = folder.resolve("hostile.safetensors");
    ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(hostile, header.putLong(Long.MAX_VALUE).array());
    Path missing = folder.resolve("missing.safetensors");
    for (Path weights : List.of(cut, hostile, missing)) {
      assertThat(Run.of("classify", SNEAKER, "--weights", weights).refused().err())
          .startsWith("resnet4j: " + weights + ": ");
    }
  }

  @Test
  void weightsOfAnotherNetwork() {
    Run network = Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--model", "resnet50");
    assertThat(network.refused().err())
        .startsWith("resnet4j: " + Run.DEMO_WEIGHTS + ": does not fit resnet50: ")
        .hasSizeLessThan(600)
        .containsPattern("missing \\(layer1\\.0\\.\\S+\\.weight, \\.\\.\\.\\)")
        .endsWith("; the tensors look like resnet18\n");
    Run classes = Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--num-classes", 7);
    assertThat(classes.refused().err())
        .startsWith("resnet4j: " + Run.DEMO_WEIGHTS + ": ")
        .contains("10")
        .contains("7");
  }

  @Test
  void badLabelsAndPreset() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
    Path missing = folder.resolve("missing.txt");
    for (Path file : List.of(labels, missing)) {
      Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--labels", file).refused();
    }
    assertThat(
            Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--preset", "timm")
                .refused()
                .err())
        .contains("no preprocessing named 'timm'; there are torchvision-v1, ");
  }

  @Test
  void backendThatIsNotThere() {
    assertThat(Run.of("classify", SNEAKER, "--backend", "tpu").refused().err())
        .contains("'tpu'")
        .contains("found: cuda, reference, simd");
    assertThat(Run.of("classify", SNEAKER, "--backend", "cuda").refused().err())
        .isEqualTo(
            "resnet4j: backend 'cuda' is not available: "
                + NoGpu.here().reason()
                + "; "
                + NoGpu.here().remedy()
                + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--threads, 0, at least 1",
    "--threads, 100000, 1024",
    "--batch, -1, at least 1",
    "--top, 0, at least 1",
    "--top, many, whole number",
    "--max-pixels, 0, at least 1",
    "--num-classes, 0, at least 1",
  })
  void countsOutOfRange(String option, String value, String complaint) {
    assertThat(Run.of("classify", SNEAKER, option, value).refused().err())
        .contains(option.substring(2))
        .contains(complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "--size, 0",
    "--size, 2000000000",
    "--num-classes, 2000000000",
  })
  void networksThatDoNotExist(String option, String value) {
    Run.of("summary", "resnet18", option, value).refused();
  }

  @Test
  void wrongUsage() {
    assertThat(Run.of().refused().err()).contains("no command given; try 'resnet4j --help'");
    assertThat(Run.of("clasify").refused().err()).contains("clasify");
    assertThat(Run.of("classify").refused().err()).contains("try 'resnet4j classify --help'");
    assertThat(Run.of("classify", SNEAKER, "--tpo", 3).refused().err()).contains("--tpo");
  }

  @Test
  void debugShowsTheStackTrace() {
    for (Run run :
        List.of(
            Run.of("summary", "resnet51", "--debug"), Run.of("--debug", "summary", "resnet51"))) {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("IllegalArgumentException").contains("\tat ");
    }
  }
}
