package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Terminal.Features;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void printsItsVersion() {
    for (Run run : new Run[] {Run.of("--version"), Run.of("classify", "--version")}) {
      assertThat(run.succeeded().out()).containsPattern("^resnet4j \\d+\\.\\d+\\.\\d+");
      assertThat(run.out()).contains("Java " + Runtime.version());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classify", "verify", "summary", "export", "doctor"})
  void helpsWithExamples(String command) {
    assertThat(Run.of("--help").succeeded().out()).contains(command);
    assertThat(Run.of(command, "--help").succeeded().out())
        .contains("Examples:\n  resnet4j " + command)
        .contains("Exit codes:")
        .contains("--json")
        .contains("--debug");
  }

  /** A command that the first argument names is made alone. */
  @Test
  void eachCommandIsTheSameAloneAndAmongAll() {
    assertThat(Main.commands()).hasSizeGreaterThanOrEqualTo(14);
    for (String command : Main.commands().keySet()) {
      Run alone = Run.of(command, "--help").succeeded();
      assertThat(alone.out()).contains("resnet4j " + command);
      assertThat(Run.of("--debug", command, "--help").succeeded()).isEqualTo(alone);
    }
  }

  /** Help is folded at 80 columns, and half an example would run as a whole. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench",
        "classify",
        "compare",
        "doctor",
        "draw",
        "embed",
        "explain",
        "export",
        "profile",
        "pull",
        "report",
        "summary",
        "verify"
      })
  void examplesCanBePasted(String command) {
    List<String> lines =
        Run.of(command, "--help")
            .succeeded()
            .out()
            .lines()
            .dropWhile(line -> !line.equals("Examples:"))
            .skip(1)
            .toList();
    assertThat(lines).isNotEmpty();
    boolean goesOn = false;
    for (String line : lines) {
      assertThat(line).matches(goesOn ? " {4}--.*" : "| {2}resnet4j .*");
      goesOn = line.endsWith(" \\");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--batch", "--batches"})
  void anOptionIsCalledAsItWasTyped(String name) {
    for (Run run :
        List.of(Run.of("bench", name, "0"), Run.of("bench", "--model", "x", name + "=0"))) {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("option '" + name + "'").contains("at least 1, got 0");
    }
  }

  /** Quiet, but whoever asks for the exit code hears that not all was read. */
  @ParameterizedTest
  @ValueSource(
      strings = {"summary resnet18", "summary resnet18 --json", "draw resnet18 -o -", "--help"})
  void staysQuietWhenTheReaderOfItsOutputHasGone(String command) {
    int code = runInto(failing("Broken pipe"), command.split(" "));
    assertThat(code).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"summary resnet18", "classify ../golden/samples/00.png", "--help"})
  void reportsThatTheDiskIsFull(String command) {
    int code = runInto(failing("No space left on device"), command.split(" "));
    assertThat(code).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "resnet4j: standard output: No space left on device; check the disk or the pipe\n");
  }

  @Test
  void saysThatItsOutputIsClosed() {
    assertThat(runInto(failing("Bad file descriptor"), "summary", "resnet18")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("resnet4j: standard output: it is closed; redirect it to a file\n");
  }

  /** As in a heap that is full to its end, where the last flush finds no room either. */
  @Test
  void saysOneLineWhereMemoryRunsOutAgain() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new OutOfMemoryError("Java heap space");
          }

          @Override
          public void flush() {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    for (String command : List.of("classify missing.png", "--version")) {
      err.reset();
      assertThat(runInto(full, command.split(" "))).as(command).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8)).as(command).containsOnlyOnce("resnet4j:");
    }
  }

  @Test
  void stopsReadingPicturesWhenNobodyReadsTheAnswers() {
    OutputStream pipe = failing("Broken pipe");
    assertThat(runInto(pipe, "classify", Run.SAMPLES.toString(), "--batch", "1")).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** What was verified or measured is not the screen's. */
  @Test
  void whoseResultsAreElsewhereGoesOnWithoutAReader(@TempDir Path folder) throws IOException {
    OutputStream pipe = failing("Broken pipe");
    String name = "resnet18-classes10-64";
    assertThat(runInto(pipe, "verify", "--case", name, "--case", "groups2-96")).isZero();
    Path json = folder.resolve("results.json");
    String[] bench = {
      "bench",
      "--model",
      "resnet18",
      "--size",
      "32",
      "--seconds",
      "0.01",
      "--batch",
      "1,2",
      "--threads",
      "1",
      "--json",
      json.toString()
    };
    assertThat(runInto(pipe, bench)).isZero();
    assertThat((List<?>) Json.object(Files.readString(json)).get("results")).hasSize(2);
    bench[bench.length - 2] = "--threads";
    bench[bench.length - 1] = "1";
    assertThat(runInto(pipe, bench)).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void coloursAndDrawsProgressOnATerminalOnly() {
    Features screen = new Features(true, true, true, false, 80);
    Terminal terminal = new Terminal(out, err, screen);
    String sample = Run.SAMPLES.resolve("00.png").toString();
    assertThat(Main.run(new String[] {"classify", sample}, terminal)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\033[32m####");
    assertThat(Run.of("classify", sample).out()).doesNotContain("\033").doesNotContain("####");
  }

  @Test
  void writesNoNumberThatJsonDoesNotKnow() {
    JsonLines lines = new JsonLines(new PrintStream(out, true, StandardCharsets.UTF_8));
    lines.print(json -> {
      JsonLines.number(json, "nan", Double.NaN);
      JsonLines.number(json, "infinite", Double.NEGATIVE_INFINITY);
      JsonLines.number(json, "half", 0.5);
      JsonLines.numbers(json, "spread", 0.5, 2);
      JsonLines.numbers(json, "endless", 0.5, Double.POSITIVE_INFINITY);
    });
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"half\":0.5,\"spread\":[0.5,2.0]}\n");
  }

  /** DEL, the controls of ISO 6429 and the marks of direction, which JSON itself would allow. */
  @Test
  void escapesInJsonWhatATerminalObeys() {
    String text = "a\u007fb\u009b31mc\u202ed\u2066e\u2028f\u00e9\ud83d\ude00";
    JsonLines lines = new JsonLines(new PrintStream(out, true, StandardCharsets.UTF_8));
    lines.print(json -> json.writeStringProperty(text, text));
    String line = out.toString(StandardCharsets.UTF_8);
    String escaped = "a\\u007fb\\u009b31mc\\u202ed\\u2066e\\u2028f\u00e9\ud83d\ude00";
    assertThat(line).isEqualTo("{\"" + escaped + "\":\"" + escaped + "\"}\n");
    assertThat(Json.object(line)).containsExactly(Map.entry(text, text));
  }

  private int runInto(OutputStream stream, String... args) {
    return Main.run(args, new Terminal(stream, err, Features.PLAIN));
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException(message);
      }
    };
  }
}
