package org.resnet4j.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.bench.page.SampleResults;

class ResultsJsonTest {
  private static final String MACHINE =
      "{\"machine\":{\"cores\":2,\"jdk\":\"25\",\"os\":\"Linux\",\"peakGflopsPerThread\":1.5,"
          + "\"date\":\"2026-11-29T00:00:00Z\"}";

  @TempDir private Path folder;

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    for (Results results :
        List.of(SampleResults.full(), SampleResults.unfinished(), SampleResults.emulated())) {
      Path file = Files.writeString(folder.resolve("x.json"), ResultsJson.write(results));
      assertThat(ResultsJson.read(file)).isEqualTo(results);
    }
  }

  /** A file of a later version may say more, one of an earlier one less. */
  @Test
  void whatIsUnknownIsPassedOverAndWhatIsMissingIsEmpty() throws IOException {
    Path file =
        Files.writeString(folder.resolve("x.json"), MACHINE + ",\"weather\":{\"rain\":true}}");
    Results results = ResultsJson.read(file);
    assertThat(results.results()).isEmpty();
    assertThat(results.progress()).isNull();
    assertThat(results.machine().engines()).isEmpty();
    assertThat(ResultsJson.write(results))
        .isEqualTo(MACHINE.replace(",\"peak", ",\"engines\":[],\"peak") + ",\"results\":[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | line 1",
        "{ | line 1",
        "[] | line 1",
        "{\"machine\":7} | line 1",
        "{\"results\":[]} | it does not say on which machine",
        "{\"machine\":{\"cores\":2}} | ",
        "MACHINE,\"results\":[{}]} | ",
        "MACHINE,\"results\":[{\"model\":\"x\",\"engine\":\"y\",\"batch\":\"many\"}]} | batch",
        "MACHINE,\"missing\":[{\"kind\":\"bored\",\"reason\":\"\"}]} | bored",
        "MACHINE,\"missing\":[{\"kind\":\"failed\"}]} | without a reason",
      })
  void whatIsNoneIsRefusedInOneLineWithItsName(String json, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), json.replace("MACHINE", MACHINE));
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("x.json: is no results file: ")
        .hasMessageContaining(reason == null ? "" : reason)
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(400);
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Path file = Files.write(folder.resolve("x.json"), new byte[] {(byte) 0xFF, 0, 1});
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("x.json");
  }

  static List<Path> committed() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("results"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("committed")
  void theCommittedFilesAreRead(Path file) throws IOException {
    Results results = ResultsJson.read(file);
    assertThat(results.results()).isNotEmpty();
    for (Row row : results.results()) {
      assertThat(results.machine().engine(row.engine())).as(row.engine()).isNotNull();
    }
  }

  /** A terminal that shows the file obeys nothing in it. */
  @Test
  void controlsAreEscaped() {
    Missing missing =
        new Missing("e\u009b31m\u202e", null, null, null, Missing.Kind.FAILED, "\u001b");
    assertThat(ResultsJson.write(missing))
        .isEqualTo(
            "{\"engine\":\"e\\u009b31m\\u202e\",\"kind\":\"failed\",\"reason\":\"\\u001B\"}");
  }
}
