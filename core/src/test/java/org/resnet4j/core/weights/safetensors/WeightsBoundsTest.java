package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Mismatch;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.ContentStream;
import org.resnet4j.core.weights.content.FileKind;
import org.resnet4j.core.weights.content.MemoryContent;

/** The last value on either side of each limit of the reader. */
class WeightsBoundsTest {
  @TempDir Path folder;

  @Test
  void limitsIncludeTheirEnds() {
    assertThat(new SafetensorsFile.Limits(0, 0).maxHeaderBytes()).isZero();
    assertThat(new SafetensorsFile.Limits(100_000_000, 1).maxTensors()).isEqualTo(1);
    for (int[] limits : new int[][] {{-1, 0}, {0, -1}, {100_000_001, 0}}) {
      assertThatThrownBy(() -> new SafetensorsFile.Limits(limits[0], limits[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"100000000, HEADER_BEYOND_FILE", "100000001, HEADER_TOO_LARGE", "0, INVALID_JSON"})
  void theLongestHeaderIsTheFormats(long announced, Code code) throws IOException {
    Path file = Files.write(folder.resolve("file"), Samples.announcing(announced, new byte[8]));
    refused(() -> SafetensorsFile.open(file, SafetensorsFile.Limits.SPECIFICATION), code);
  }

  @Test
  void anExtentMayBeTheLargestInteger() throws WeightsFileException {
    SafetensorsFile fits = empty("F32", "[0,2147483647]");
    assertThat(fits.read("a").hasDims(0, Integer.MAX_VALUE)).isTrue();
    refused(() -> empty("F32", "[0,2147483648]").read("a"), Code.TENSOR_TOO_LARGE);
    assertThat(empty("I64", "[0,2147483647]").readLongs("a")).isEmpty();
    refused(() -> empty("I64", "[0,2147483648]").readLongs("a"), Code.TENSOR_TOO_LARGE);
  }

  @Test
  void aFieldMayNestAHundredDeep() throws WeightsFileException {
    assertThat(withField("[".repeat(100) + "]".repeat(100)).tensors()).containsKey("a");
    refused(() -> withField("[".repeat(101) + "]".repeat(101)), Code.INVALID_JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\ud800\"", "{\"\\ud800\":1}", "[\"\\udc00\"]"})
  void halfACharacterIsRefusedInAnyField(String value) {
    refused(() -> withField(value), Code.INVALID_JSON);
  }

  @Test
  void aStreamOfTheHeaderEndsWithIt() throws IOException {
    byte[] bytes = {9, (byte) 0xff, 1, 9};
    ContentStream stream = new ContentStream(new MemoryContent(bytes, "memory"), 1, 3);
    assertThat(stream.read()).isEqualTo(0xff);
    assertThat(stream.read()).isEqualTo(1);
    assertThat(stream.read()).isEqualTo(-1);
    assertThat(stream.read(new byte[2], 0, 0)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "8002, PICKLE",
    "8005, PICKLE",
    "8001,",
    "8006,",
    "080112, ONNX",
    "081f3a, ONNX",
    "080012,",
    "082012,",
    "080113,",
    "090112,"
  })
  void kindsAreToldByTheirFirstBytes(String hex, FileKind kind) {
    assertThat(FileKind.of(HexFormat.of().parseHex(hex))).isEqualTo(Optional.ofNullable(kind));
  }

  @Test
  void listsAndNamesAreCutAfterTheirLast() {
    assertThat(missing(20)).doesNotContain("more");
    assertThat(missing(21)).endsWith("... and 1 more");
    assertThat(Quote.name("n".repeat(120))).isEqualTo("'" + "n".repeat(120) + "'");
    assertThat(Quote.name("n".repeat(121))).isEqualTo("'" + "n".repeat(120) + "...'");
    assertThat(Quote.line("n".repeat(1000))).isEqualTo("n".repeat(1000));
    assertThat(Quote.line("n".repeat(600) + "m".repeat(500)))
        .isEqualTo("n".repeat(500) + "..." + "m".repeat(500));
  }

  private static String missing(int count) {
    return new Mismatch(Collections.nCopies(count, "w"), List.of(), List.of()).describe();
  }

  private static SafetensorsFile empty(String dtype, String shape) throws WeightsFileException {
    return of("{" + entry("a", dtype, shape, 0, 0) + "}");
  }

  private static SafetensorsFile withField(String value) throws WeightsFileException {
    return of(
        "{\"a\":{\"x\":" + value + ",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
  }

  private static SafetensorsFile of(String header) throws WeightsFileException {
    return SafetensorsFile.of(Samples.file(header, 0), "memory");
  }

  private static void refused(ThrowingCallable call, Code code) {
    WeightsFileException e = catchThrowableOfType(WeightsFileException.class, call);
    assertThat(e).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
  }
}
