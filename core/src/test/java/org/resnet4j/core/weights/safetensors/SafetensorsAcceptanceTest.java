package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.resnet4j.core.weights.safetensors.Samples.entry;
import static org.resnet4j.core.weights.safetensors.Samples.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Unusual files that the format allows. */
class SafetensorsAcceptanceTest {
  private static final String ENTRY = entry("a", "F32", "[1]", 0, 4);

  @ParameterizedTest
  @ValueSource(strings = {"%s", " \t\r\n%s", "%s \t\r\n", "%s  ", "%s   ", "%s    ", "%s     "})
  void whiteSpaceAndAnyHeaderLength(String format) throws IOException {
    String header = format.formatted("{" + ENTRY + "}");
    ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1.5f);
    byte[] content = file(header.getBytes(StandardCharsets.UTF_8), data.array());
    SafetensorsFile opened = SafetensorsFile.of(content, "memory");
    assertThat(opened.read("a").data()).containsExactly(1.5f);
    assertThat(opened.tensors().get("a"))
        .isEqualTo(new TensorInfo("a", DType.F32, List.of(1L), 0, 4));
  }

  @Test
  void noTensors() throws IOException {
    SafetensorsFile empty = SafetensorsFile.of(file("{}", 0), "memory");
    assertThat(empty.tensors()).isEmpty();
    assertThat(empty.metadata()).isEmpty();
    assertThat(empty.path()).isEmpty();
    assertThat(empty.contains("a")).isFalse();
  }

  @Test
  void emptyTensorsAndScalars() throws IOException {
    String header =
        "{"
            + entry("z", "F32", "[0,9223372036854775807]", 4, 4)
            + ","
            + entry("e", "F32", "[0]", 0, 0)
            + ","
            + entry("s", "F32", "[]", 0, 4)
            + "}";
    SafetensorsFile opened = SafetensorsFile.of(file(header, 4), "memory");
    assertThat(opened.tensors().keySet()).containsExactly("e", "s", "z");
    assertThat(opened.read("e").hasDims(0)).isTrue();
    assertThat(opened.read("s").rank()).isZero();
    assertThat(opened.read("s").data()).containsExactly(0f);
    assertThatExceptionOfType(WeightsFileException.class)
        .isThrownBy(() -> opened.read("z"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.TENSOR_TOO_LARGE));
  }

  @Test
  void entriesInAnyOrder() throws IOException {
    String header = "{" + entry("late", "U8", "[1]", 4, 5) + "," + ENTRY + "}";
    SafetensorsFile opened = SafetensorsFile.of(file(header, 5), "memory");
    assertThat(opened.tensors().keySet()).containsExactly("a", "late");
  }

  @Test
  void escapedAndForeignNames() throws IOException {
    String header =
        "{\"__metadata__\":{\"\\u00fc\":\"\\ud83d\\ude00\\n\"},\"\":"
            + ENTRY.substring(4)
            + ","
            + entry("\\u0062\\/\uD83D\uDE00", "U8", "[0]", 4, 4)
            + "}";
    SafetensorsFile opened = SafetensorsFile.of(file(header, 4), "memory");
    assertThat(opened.metadata()).isEqualTo(Map.of("\u00fc", "\uD83D\uDE00\n"));
    assertThat(opened.tensors()).containsOnlyKeys("", "b/\uD83D\uDE00");
  }

  @Test
  void unknownFieldsOfAnEntry() throws IOException {
    String header =
        "{"
            + ENTRY.replace(
                "{\"dtype\"", "{\"x\":[{\"y\":1.5,\"z\":[]},null,true,\"s\"],\"w\":-1,\"dtype\"")
            + "}";
    assertThat(SafetensorsFile.of(file(header, 4), "memory").tensors()).containsOnlyKeys("a");
  }

  @Test
  void everyElementType() throws IOException {
    for (DType dtype : DType.values()) {
      int bytes = dtype.bits();
      String header = "{" + entry("a", dtype.name(), "[8]", 0, bytes) + "}";
      SafetensorsFile opened = SafetensorsFile.of(file(header, bytes), "memory");
      assertThat(opened.tensors().get("a").bytes()).isEqualTo(bytes);
      if (dtype.isConvertible()) {
        assertThat(opened.read("a").size()).isEqualTo(8);
        assertThat(opened.readDoubles("a")).hasSize(8);
      } else {
        assertThatExceptionOfType(WeightsFileException.class)
            .isThrownBy(() -> opened.read("a"))
            .withMessageContaining("'a' has dtype " + dtype)
            .satisfies(e -> assertThat(e.code()).isEqualTo(Code.UNSUPPORTED_DTYPE));
      }
    }
  }

  @Test
  void moreThanTwoGibibytes(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large.safetensors");
    long large = 3L << 30;
    String header =
        "{"
            + entry("f", "F32", "[3,268435456]", 0, large)
            + ","
            + entry("tail", "F32", "[2]", large, large + 8)
            + ","
            + entry("h", "F16", "[2147483648]", large + 8, large + 8 + (1L << 32))
            + "}";
    byte[] start = file(header, 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(start);
      sparse.setLength(start.length + large + 8 + (1L << 32));
      sparse.seek(start.length + large + 4);
      sparse.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(-2.5f)));
    }
    SafetensorsFile opened = SafetensorsFile.open(file);
    assertThat(opened.tensors().get("f").bytes()).isEqualTo(large);
    assertThat(opened.read("tail").data()).containsExactly(0f, -2.5f);
    assertThatExceptionOfType(WeightsFileException.class)
        .isThrownBy(() -> opened.read("h"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.TENSOR_TOO_LARGE));
  }
}
