package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Agreement with the reference implementation; {@code make_reference.py} recorded its answers. */
class SafetensorsReferenceTest {
  /** What this reader refuses although the reference accepts it, as its Javadoc says. */
  private static final Set<Code> STRICTER =
      EnumSet.of(
          Code.DUPLICATE_KEY,
          Code.LIMIT_EXCEEDED, // more than 64 extents
          Code.BAD_METADATA, // null
          Code.BAD_TENSOR_ENTRY, // arrays in place of objects
          Code.OVERFLOW); // an extent of 2^63 beside one of 0

  @Test
  void neverAcceptsWhatTheReferenceRefuses() throws IOException {
    int accepted = 0;
    int refused = 0;
    Set<Code> stricter = EnumSet.noneOf(Code.class);
    for (String line : text("verdicts.txt").lines().toList()) {
      boolean reference = line.startsWith("accept ");
      byte[] content = Base64.getDecoder().decode(line.substring("accept ".length()));
      String shown = new String(content, StandardCharsets.ISO_8859_1);
      try {
        SafetensorsFile.of(content, "memory");
        assertThat(reference).as("accepted: %s", shown).isTrue();
        accepted++;
      } catch (WeightsFileException e) {
        refused++;
        if (reference) {
          assertThat(e.code()).as("%s for %s", e.getMessage(), shown).isIn(STRICTER);
          stricter.add(e.code());
        }
      }
    }
    assertThat(accepted).isGreaterThan(40);
    assertThat(refused).isGreaterThan(300);
    assertThat(stricter).isEqualTo(STRICTER);
    System.out.printf(
        "R5: the reference's verdict on %d files, stricter as documented only%n",
        accepted + refused);
  }

  @Test
  void writesTheReferencesBytes() throws IOException {
    byte[] written =
        new SafetensorsWriter()
            .metadata("made by", "reference \u00fc\\")
            .add("golden", new double[] {Math.PI, -0.0, 1e300}, 3)
            .add("\uD83D\uDE00", Tensor.of(new float[] {7}, 1))
            .add("layer/\"0\"", Tensor.of(floats(), 2, 3))
            .add("\uffee", Tensor.of(new float[] {7}))
            .toBytes();
    assertThat(written).isEqualTo(bytes("reference.safetensors"));
  }

  @Test
  void readsTheReferencesFile() throws IOException {
    SafetensorsFile file = SafetensorsFile.of(bytes("reference.safetensors"), "reference");
    assertThat(file.metadata()).isEqualTo(Map.of("made by", "reference \u00fc\\"));
    assertThat(file.readDoubles("golden")).containsExactly(Math.PI, -0.0, 1e300);
    assertThat(file.read("layer/\"0\"").data()).containsExactly(floats());
    assertThat(file.read("layer/\"0\"").hasDims(2, 3)).isTrue();
    assertThat(file.read("\uffee").rank()).isZero();
    assertThat(file.read("golden").data())
        .containsExactly(3.1415927f, -0f, Float.POSITIVE_INFINITY);
  }

  private static float[] floats() {
    return new float[] {1, -2, 0.5f, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 3.5f};
  }

  private static String text(String resource) throws IOException {
    return new String(bytes(resource), StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream in = SafetensorsReferenceTest.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    }
  }
}
