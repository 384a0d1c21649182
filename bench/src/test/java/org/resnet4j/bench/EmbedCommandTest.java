package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.FeatureExtractor;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;
import org.resnet4j.golden.DemoModel;

/** Features as the library gives them, and nothing that was there is lost. */
class EmbedCommandTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");
  private static final int FEATURES = 128;

  @TempDir Path folder;

  private static float[] expected(Path picture) throws IOException {
    PretrainedModel model = DemoModel.load();
    try (Backend backend = Backends.open("simd", new BackendOptions(2));
        FeatureExtractor extractor = FeatureExtractor.open(model, backend, 1)) {
      return extractor.extract(ImageDecoder.decode(picture, DecodeOptions.DEFAULT));
    }
  }

  private static Run embed(Object... arguments) {
    Object[] all = new Object[arguments.length + 3];
    all[0] = "embed";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--backend";
    all[arguments.length + 2] = "simd";
    return Run.of(all);
  }

  @Test
  void printsWhatTheNumbersAreAndThenThem() throws IOException {
    List<Map<String, Object>> lines =
        Json.lines(embed(SNEAKER, Run.SAMPLES.resolve("01.png")).succeeded().out());
    assertThat(lines).hasSize(3);
    assertThat(lines.getFirst())
        .containsEntry("model", "resnet18-w16")
        .containsEntry("backend", "simd")
        .containsEntry("features", (long) FEATURES);
    assertThat(lines.getFirst().get("preprocessing"))
        .asInstanceOf(MAP)
        .containsEntry("name", "fashion-mnist")
        .containsEntry("crop", 64L)
        .containsEntry("interpolation", "bilinear");
    assertThat(lines.get(1)).containsEntry("image", SNEAKER.toString());
    List<?> features = (List<?>) lines.get(1).get("features");
    float[] expected = expected(SNEAKER);
    assertThat(features).hasSize(FEATURES);
    for (int i = 0; i < FEATURES; i++) {
      assertThat(((Number) features.get(i)).floatValue()).isEqualTo(expected[i]);
    }
  }

  @Test
  void writesAMatrixForNumPyAndItsDescription() throws IOException {
    Path npy = folder.resolve("features.npy");
    Run run = embed(Run.SAMPLES, "--out", npy, "--batch", 7).succeeded();
    assertThat(run.out()).contains("float32 [60, 128]", npy + ".json");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(npy)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[128];
    bytes.get(header);
    String text = new String(header, StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4'").endsWith(" \n");
    assertThat(text).contains("'fortran_order': False, 'shape': (60, 128), }");
    assertThat(bytes.remaining()).isEqualTo(60 * FEATURES * Float.BYTES);
    Map<String, Object> description = Json.object(Files.readString(Path.of(npy + ".json")).strip());
    List<?> images = (List<?>) description.get("images");
    assertThat(images).hasSize(60);
    for (int row : new int[] {0, 8, 59}) {
      float[] expected = expected(Path.of(images.get(row).toString()));
      for (int i = 0; i < FEATURES; i++) {
        assertThat(bytes.getFloat(128 + Float.BYTES * (row * FEATURES + i))).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void aNetworkWithoutAClassifierIsEmbeddedAndNotClassified() throws IOException {
    SafetensorsFile demo = SafetensorsFile.open(Run.DEMO_WEIGHTS);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : demo.tensors().keySet()) {
      if (!name.startsWith("fc.") && !name.endsWith("num_batches_tracked")) {
        writer.add(name, demo.read(name));
      }
    }
    demo.metadata().forEach(writer::metadata);
    Path weights = Files.write(folder.resolve("headless.safetensors"), writer.toBytes());
    List<Map<String, Object>> lines =
        Json.lines(embed(SNEAKER, "--weights", weights).succeeded().out());
    List<?> features = (List<?>) lines.get(1).get("features");
    assertThat(((Number) features.get(1)).floatValue()).isEqualTo(expected(SNEAKER)[1]);
    assertThat(Run.of("classify", SNEAKER, "--weights", weights).refused().err())
        .contains(weights + ": the network ends at its 128 features", "resnet4j embed");
    Path onnx = folder.resolve("headless.onnx");
    assertThat(Run.of("export", "--onnx", onnx, "--weights", weights).succeeded().out())
        .contains("output   avgpool: float32 [N, 128, 1, 1]");
  }

  @Test
  void picturesThatFailHaveNoRow() throws IOException {
    Path npy = folder.resolve("features.npy");
    Path missing = folder.resolve("missing.png");
    Run run = embed(missing, SNEAKER, "--out", npy);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(missing + ": there is no such file");
    assertThat(Json.object(Files.readString(Path.of(npy + ".json")).strip()).get("images"))
        .isEqualTo(List.of(SNEAKER.toString()));
    Run lines = embed(missing, SNEAKER);
    assertThat(lines.code()).isEqualTo(1);
    assertThat(Json.lines(lines.out())).hasSize(3);
    assertThat(Json.lines(lines.out()).get(1)).containsKey("error");
  }

  @Test
  void replacesNothingUnasked() throws IOException {
    Path npy = folder.resolve("features.npy");
    Path missing = folder.resolve("missing.png");
    assertThat(embed(missing, "--out", npy).refused().err()).contains("missing.png");
    assertThat(npy).doesNotExist();
    Files.writeString(npy, "mine");
    assertThat(embed(SNEAKER, "--out", npy).refused().err())
        .contains(npy + ": exists already", "--force");
    assertThat(npy).hasContent("mine");
    assertThat(embed(missing, "--out", npy, "--force").refused().err()).contains("missing.png");
    assertThat(npy).hasContent("mine");
    embed(SNEAKER, "--out", npy, "--force").succeeded();
    assertThat(Files.size(npy)).isEqualTo(128 + FEATURES * Float.BYTES);
    assertThat(embed(SNEAKER, "--out", folder.resolve("x.txt")).refused().err())
        .contains("end it with .npy");
    assertThat(embed(SNEAKER, "--out", folder.resolve("no/x.npy")).refused().err())
        .contains("no/x.npy");
  }

  @Test
  void aPreprocessingIsStatedByOptions() {
    Run run =
        Run.of(
            "classify",
            SNEAKER,
            "--weights",
            Run.DEMO_WEIGHTS,
            "--resize",
            32,
            "--crop",
            32,
            "--interpolation",
            "bicubic",
            "--mean",
            "0.286",
            "--std",
            "0.353,0.353,0.353");
    assertThat(run.succeeded().out()).contains("preprocessing options");
    assertThat(
            Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--mean", "0.5;1")
                .refused()
                .err())
        .contains("--mean", "must be numbers with commas between them, got '0.5;1'");
    assertThat(
            Run.of("classify", SNEAKER, "--weights", Run.DEMO_WEIGHTS, "--std", "0")
                .refused()
                .err())
        .contains("there is no such preprocessing");
    assertThat(Run.of("classify", SNEAKER, "--crop", 32).refused().err())
        .contains("--crop: does not apply to the embedded model");
  }

  /**
   * A limit of the system stands for a disk that is full: the rows still fit, their description,
   * with long names, does not.
   */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aDescriptionThatDoesNotFitLeavesBothFilesAsTheyWere() throws Exception {
    Path pictures = folder;
    for (int level = 0; level < 3; level++) {
      pictures = Files.createDirectory(pictures.resolve("x".repeat(200)));
    }
    for (int i = 0; i < 40; i++) {
      Files.createSymbolicLink(pictures.resolve(i + ".png"), SNEAKER.toAbsolutePath());
    }
    Path out = folder.resolve("o.npy");
    Path description = folder.resolve("o.npy.json");
    Files.writeString(out, "old rows");
    Files.writeString(description, "old description");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 44 && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "org.resnet4j.bench.Start",
                "embed",
                pictures.toString(),
                "--force",
                "--out",
                out.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isEqualTo(2);
    assertThat(text).contains("o.npy: File too large");
    assertThat(out).hasContent("old rows");
    assertThat(description).hasContent("old description");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(3);
    }
  }
}
