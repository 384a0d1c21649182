package org.resnet4j.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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
        "MACHINE,\"missing\":[{\"kind\":\"bored\",\"reason\":\"\"}]} | expected one of unavailable, failed, disagrees",
        "MACHINE,\"missing\":[{\"kind\":\"failed\"}]} | without a reason",
        "null | it is null",
        "MACHINE,\"results\":[null]} | there is a null in results",
        "MACHINE,\"results\":{}} | results, line 1, column 114: expected a list",
        "MACHINE,\"results\":[{\"batch\":1.5}]} | results[0].batch, line 1, column 124: expected a whole number",
        "MACHINE,\"results\":[{\"batch\":\"1\"}]} | expected a whole number",
        "MACHINE,\"results\":[{\"batch\":1,\"batch\":2}]} | a name is there twice",
        "MACHINE,\"results\":[{\"engine\":[]}]} | expected a text",
        "MACHINE,\"profiles\":[{\"steps\":[{\"millis\":\"NaN\"}]}]} | profiles[0].steps[0]",
        "MACHINE,\"progress\":{\"planned\":-5}} | planned is -5",
      })
  void whatIsNoneIsRefusedInOneLineWithItsName(String json, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), json.replace("MACHINE", MACHINE));
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(ResultsFileException.class)
        .hasMessageContaining("x.json: is no results file: ")
        .hasMessageContaining(reason == null ? "" : reason)
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(400);
  }

  /** What nobody can have measured would stand on a page like everything else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"imagesPerSecond\":[0-9.E]+ | \"imagesPerSecond\":\"NaN\" | imagesPerSecond of a row is NaN",
        "\"imagesPerSecond\":[0-9.E]+ | \"imagesPerSecond\":1e400 | is Infinity",
        "\"imagesPerSecond\":[0-9.E]+ | \"imagesPerSecond\":-5 | is -5.0",
        "\"imagesPerSecond\":[0-9.E]+ | \"imagesPerSecond\":5e-324 | imagesPerSecond of a row is 4.9E-324",
        "\"p90\":[0-9.E]+ | \"p90\":1e308 | p90 of a row is 1.0E308",
        "\"p50\":[0-9.E]+ | \"p50\":-5 | p50 of a row is -5.0",
        "\"batch\":1, | \"batch\":0, | batch of a row is 0",
        "\"threads\":2, | \"threads\":-3, | threads of a row is -3",
        "\"size\":\\[224,224\\] | \"size\":[224,-1] | size of a row is -1",
        "\"size\":\\[3,224,224\\] | \"size\":[3,224,2000000] | size of a profile is 2000000",
        "\"size\":\\[224,224\\] | \"size\":[224] | size of a row is not 2 numbers",
        "\"rounds\":\\[ | \"rounds\":[\"NaN\", | a round of a row is NaN",
        "\"rounds\":\\[ | \"rounds\":[null, | there is a null in rounds",
        "\"ratioSpread\":\\[[0-9.E]+ | \"ratioSpread\":[0 | ratioSpread of a row is 0.0",
        "\"peakGflopsPerThread\":[0-9.E]+ | \"peakGflopsPerThread\":\"NaN\" | PerThread is NaN",
        "\"memoryBytes\":[0-9]+ | \"memoryBytes\":-1 | memoryBytes of the machine is -1",
        "\"prices\":\\{ | \"prices\":{\"x\":null, | there is a null in prices",
        "\"prices\":\\{ | \"prices\":{\"x\":-1, | prices is -1.0",
        "\"planned\":[0-9]+ | \"planned\":-5 | planned is -5",
        "\"limitMillis\":[0-9.E]+,\"multiply | \"limitMillis\":\"NaN\",\"multiply | of a step is NaN",
        "\"sameBest\":[0-9]+ | \"sameBest\":99 | without sameBest is -",
      })
  void whatNobodyCanHaveMeasuredIsRefused(String field, String other, String reason)
      throws IOException {
    String right = ResultsJson.write(SampleResults.full());
    String wrong = right.replaceFirst(field, other);
    assertThat(wrong).isNotEqualTo(right);
    Path file = Files.writeString(folder.resolve("x.json"), wrong);
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(ResultsFileException.class)
        .hasMessageContaining("x.json: is no results file: ")
        .hasMessageContaining(reason);
  }

  /** A page says a name with each of its rows. */
  @ParameterizedTest
  @ValueSource(strings = {"model", "engine", "version", "algorithm"})
  void aNameHasAnEnd(String field) throws IOException {
    String right = ResultsJson.write(SampleResults.full());
    String name = "x".repeat(5001);
    String wrong =
        right.replaceAll(
            "\"%s\":\"[^\"]*\"".formatted(field), "\"%s\":\"%s\"".formatted(field, name));
    assertThat(wrong).contains(name);
    Path file = Files.writeString(folder.resolve("x.json"), wrong);
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(ResultsFileException.class)
        .hasMessageContaining(
            "x.json: is no results file: a name in it has more than 5000 characters");
    Files.writeString(file, wrong.replace(name, name.substring(1)));
    assertThat(ResultsJson.read(file).results()).isNotEmpty();
  }

  @Test
  void whatIsTooDeepIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"machine\":".repeat(10_000));
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(ResultsFileException.class)
        .hasMessageContaining("it is too deep")
        .message()
        .hasSizeLessThan(400);
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws IOException {
    String json = ResultsJson.write(SampleResults.full());
    Path file = Files.writeString(folder.resolve("x.json"), "\ufeff" + json);
    assertThat(ResultsJson.read(file)).isEqualTo(SampleResults.full());
  }

  /** A device or a pipe may never end. */
  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/dev/null", "."})
  void whatIsNoRegularFileIsNotRead(Path file) {
    assertThatThrownBy(() -> ResultsJson.read(file)).hasMessage(file + ": it is no regular file");
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
