package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.image.RgbImage;

class SamplesTest {
  private final Samples samples = Samples.load();

  @Test
  void everyPictureIsThere() {
    assertThat(samples.names()).hasSize(60).doesNotHaveDuplicates();
    for (String name : samples.names()) {
      RgbImage image = samples.image(name);
      assertThat(image.width()).isEqualTo(28);
      assertThat(image.height()).isEqualTo(28);
      assertThat(samples.logits(name)).hasSize(10);
      assertThat(samples.logitsFloat32(name)).hasSize(10);
    }
    Map<Integer, Long> perClass =
        samples.names().stream()
            .map(samples::label)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(perClass).hasSize(10).allSatisfy((_, count) -> assertThat(count).isEqualTo(6));
  }

  @Test
  void answersWereMadeWithThisModelAndThisScript() throws Exception {
    assertThat(samples.metadata())
        .containsEntry("model_sha256", sha256(Resources.bytes(DemoModel.RESOURCE)))
        .containsEntry("script_sha256", sha256(scripts(samples.metadata().get("script"))))
        .containsEntry("format_version", "1");
  }

  private static byte[] scripts(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Files.readAllBytes(Path.of("tools", name)));
    bytes.write(Files.readAllBytes(Path.of("tools", "rounded.py")));
    return bytes.toByteArray();
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void theStatedErrorAndAccuracyFollowFromTheTables() {
    double difference = 0;
    double norm = 0;
    int correct = 0;
    for (String name : samples.names()) {
      double[] exact = samples.logits(name);
      double[] single = samples.logitsFloat32(name);
      for (int i = 0; i < exact.length; i++) {
        difference += (single[i] - exact[i]) * (single[i] - exact[i]);
        norm += exact[i] * exact[i];
      }
      correct += Logits.top(exact) == samples.label(name) ? 1 : 0;
    }
    assertThat(Math.sqrt(difference / norm) / samples.errors().in(Precision.FP32))
        .isBetween(0.999, 1.001);
    assertThat(samples.metadata()).containsEntry("correct", Integer.toString(correct));
    assertThat(correct).isEqualTo(58);
  }

  @Test
  void namesWhatThereIs() {
    assertThatThrownBy(() -> samples.image("60.png"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("60.png", "00.png to 59.png");
    assertThatThrownBy(() -> samples.bytes("expected.safetensors"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theirLicenceTravelsWithThem() {
    assertThat(new String(Resources.bytes("samples/LICENSE"))).contains("Zalando");
    assertThat(new String(Resources.bytes("/META-INF/LICENSE"))).contains("Apache License");
    assertThat(new String(Resources.bytes("/META-INF/NOTICE"))).contains("Fashion-MNIST");
  }
}
