package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyCommandTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");

  @TempDir private Path folder;

  /** Nothing was done. */
  @Test
  void whereAllPicturesFailTheCommandDoes() {
    Path bad = Path.of("pom.xml");
    assertThat(Run.of("classify", bad, bad).code()).isEqualTo(2);
    assertThat(Run.of("classify", bad, Run.SAMPLES.resolve("00.png")).code()).isEqualTo(1);
  }

  /** It is one of the inputs that fail. */
  @Test
  void aFolderWithoutPicturesIsNotTheOthersFailure(@TempDir Path empty) {
    Run run = Run.of("classify", Run.SAMPLES.resolve("00.png"), empty);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("Sneaker");
    assertThat(run.err() + run.out()).contains(empty.toString());
  }

  @Test
  void tellsPeopleDeviceModelClassesAndTime() {
    Run run = Run.of("classify", SNEAKER, "--threads", "1").succeeded();
    assertThat(run.out())
        .startsWith("device   simd: CPU, ")
        .containsPattern("1 thread, JPEG by (Java|libjpeg-turbo)\n")
        .contains("no cuda: " + NoGpu.here().reason() + "\n")
        .contains("\nmodel    ")
        .contains("these 10 and nothing else: T-shirt/top, Trouser")
        .containsPattern("\n  Sneaker +9\\d\\.\\d %  \u2588{20}")
        .containsPattern("time     decode [\\d.]+ ms, preprocess [\\d.]+ ms, network [\\d.]+ ms");
    assertThat(run.out().lines().filter(line -> line.contains(" % ")).count()).isEqualTo(5);
    assertThat(run.out()).doesNotContain("\033");
  }

  @Test
  void writesOneJsonObjectForAPicture() {
    Run run = Run.of("classify", SNEAKER, "--json", "--top", "3", "--threads", "1").succeeded();
    Map<String, Object> answer = Json.lines(run.out()).getFirst();
    assertThat(answer).containsOnlyKeys("image", "model", "backend", "predictions", "millis");
    assertThat(answer).containsEntry("image", SNEAKER.toString()).containsEntry("backend", "simd");
    List<?> predictions = (List<?>) answer.get("predictions");
    assertThat(predictions).hasSize(3);
    assertThat((Map<?, ?>) predictions.getFirst())
        .extracting("index", "label")
        .containsExactly(7L, "Sneaker");
    assertThat((double) ((Map<?, ?>) predictions.getFirst()).get("probability"))
        .isBetween(0.9, 1.0);
    assertThat(((Map<?, ?>) answer.get("millis")).keySet().toString())
        .isEqualTo("[decode, preprocess, network]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "simd", "reference"})
  void everyBackendNamesTheSameClass(String backend) {
    Run run = Run.of("classify", SNEAKER, "--json", "--backend", backend).succeeded();
    assertThat(run.out()).contains("[{\"index\":7,\"label\":\"Sneaker\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 1000})
  void answersADirectoryInTheOrderOfItsNames(int batch) throws IOException {
    List<String> names = List.of("a.png", "b.PNG", "c.png", "d.Jpeg", "e.jpg", "f.png", "g.png");
    for (int i = 0; i < names.size(); i++) {
      Files.copy(Run.SAMPLES.resolve("0" + i + ".png"), folder.resolve(names.get(i)));
    }
    Files.writeString(folder.resolve("notes.txt"), "no picture");
    Files.createDirectory(folder.resolve("inner.png"));
    Run run = Run.of("classify", folder, "--json", "--batch", batch).succeeded();
    assertThat(Json.lines(run.out()))
        .extracting(answer -> Path.of((String) answer.get("image")).getFileName().toString())
        .containsExactlyElementsOf(names);
    Run alone = Run.of("classify", folder.resolve("f.png"), "--json");
    assertThat(Json.lines(run.out()).get(5).get("predictions"))
        .isEqualTo(Json.object(alone.out()).get("predictions"));
  }

  @Test
  void showsPeopleALineForEachOfSeveralPictures() {
    Run run = Run.of("classify", SNEAKER, Run.SAMPLES.resolve("01.png")).succeeded();
    assertThat(run.out())
        .containsPattern("00\\.png  Sneaker +9\\d\\.\\d %\n")
        .containsPattern("01\\.png  \\S")
        .containsPattern("2 images in [\\d.]+ s: [\\d.]+ images/s\n$");
  }

  @Test
  void classifiesTheRestOfADirectoryWithABadPicture() throws IOException {
    Files.copy(SNEAKER, folder.resolve("1.png"));
    BadPictures.write(folder.resolve("2.png"), BadPictures.truncatedPng());
    Files.copy(SNEAKER, folder.resolve("3.png"));

    Run people = Run.of("classify", folder);
    assertThat(people.code()).isEqualTo(1);
    assertThat(people.err().lines()).hasSize(1);
    assertThat(people.err()).startsWith("resnet4j: " + folder.resolve("2.png") + ": ");
    assertThat(people.out().lines().filter(line -> line.contains("png  Sneaker")).count())
        .isEqualTo(2);
    assertThat(people.out()).endsWith(", 1 failed\n");

    Run json = Run.of("classify", folder, "--json");
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.err()).isEmpty();
    List<Map<String, Object>> lines = Json.lines(json.out());
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).containsOnlyKeys("image", "error");
    assertThat(lines.get(1).get("image")).isEqualTo(folder.resolve("2.png").toString());
    assertThat(lines.get(2)).containsKey("predictions");
  }

  @Test
  void aPictureMadeToCostMinutesIsRefusedAndTheOthersAreClassified() throws IOException {
    Files.copy(SNEAKER, folder.resolve("1.png"));
    BadPictures.write(folder.resolve("2.jpg"), BadPictures.manyScans());
    Files.copy(SNEAKER, folder.resolve("3.png"));
    Run run = Run.of("classify", folder);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .startsWith("resnet4j: " + folder.resolve("2.jpg") + ": the JPEG has more than ")
        .contains(" scans of 1024x1024 pixels; ");
    assertThat(run.out().lines().filter(line -> line.contains("png  Sneaker")).count())
        .isEqualTo(2);
  }

  @Test
  void aBadPictureAloneIsAnErrorObjectAndExitCode2() throws IOException {
    Path bad = BadPictures.write(folder.resolve("bad.png"), new byte[0]);
    Run run = Run.of("classify", bad, "--json");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEmpty();
    assertThat(Json.object(run.out())).containsOnlyKeys("image", "error");
  }

  @Test
  void labelsAreShortAndHarmlessOnAScreenAndExactInJson() throws IOException {
    List<String> labels = Collections.nCopies(10, "\u202e" + "x".repeat(100_000));
    Path file = Files.write(folder.resolve("labels.txt"), labels);
    Run people =
        Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--labels", file).succeeded();
    assertThat(people.out()).doesNotContain("\u202e").contains("  \\u202exxx");
    assertThat(people.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(2000));
    Run json =
        Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--labels", file, "--json");
    assertThat(Json.object(json.out()).get("predictions").toString()).contains(labels.getFirst());
  }

  @Test
  void takesTheSameModelFromAFile() {
    Run run = Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--json").succeeded();
    Run embedded = Run.of("classify", SNEAKER, "--json").succeeded();
    assertThat(Json.object(run.out()).get("predictions"))
        .isEqualTo(Json.object(embedded.out()).get("predictions"));
  }

  @Test
  void namesWithLineBreaksStayOnALine() throws IOException {
    Path odd = folder.resolve("a\nb.png");
    Files.copy(SNEAKER, odd);
    Run people = Run.of("classify", odd, SNEAKER).succeeded();
    assertThat(people.out()).contains("a b.png  ");
    Run json = Run.of("classify", odd, "--json").succeeded();
    assertThat(Json.object(json.out()).get("image")).isEqualTo(odd.toString());
  }
}
