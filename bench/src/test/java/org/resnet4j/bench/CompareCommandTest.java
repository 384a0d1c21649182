package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.command.CompareCommand;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.page.ComparePage;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine;

class CompareCommandTest {
  private static final List<String> SMALL =
      List.of("--models", "resnet18", "--seconds", "0.1", "--threads", "1");

  @TempDir private Path folder;

  private Path page() {
    return folder.resolve("report.html");
  }

  private Path json() {
    return folder.resolve("results.json");
  }

  /**
   * What came of a run.
   *
   * @param code the exit code
   * @param out standard output
   * @param err standard error
   */
  private record Outcome(int code, String out, String err) {}

  private Outcome run(List<EngineFactory> extra, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(out, err, Terminal.Features.PLAIN);
    List<String> all = new ArrayList<>(SMALL);
    if (!List.of(more).contains("--size")) {
      all.addAll(List.of("--size", "32"));
    }
    all.addAll(List.of("--out", page().toString(), "--json", json().toString()));
    all.addAll(List.of(more));
    int code =
        new CommandLine(new CompareCommand(terminal, extra)).execute(all.toArray(new String[0]));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void measuresEverythingAndMakesThePageOfIt() throws IOException {
    Outcome outcome =
        run(
            List.of(new BackendEngines("simd", "twin", BackendOptions.defaults())),
            "--batches",
            "1,3",
            "--backends",
            "simd",
            "--price",
            "simd=0.1/h");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .containsPattern("plan     2 configurations of 2 engines, some \\d+ s\n")
        .containsPattern("\nresnet18 +1 +3 +twin ")
        .endsWith("page     " + page() + "\n");
    Results results = ResultsJson.read(json());
    assertThat(results.results())
        .extracting(Row::batch, Row::engine)
        .extracting(Object::toString)
        .containsExactly("(1, \"simd\")", "(1, \"twin\")", "(3, \"simd\")", "(3, \"twin\")");
    assertThat(results.progress()).isNotNull();
    assertThat(results.progress().finished()).isTrue();
    assertThat(results.missing()).isEmpty();
    assertThat(results.profiles()).hasSize(1);
    assertThat(results.accuracy())
        .hasSize(2)
        .allSatisfy(one -> {
          assertThat(one.truth()).startsWith("the reference backend");
          assertThat(one.relativeL2()).isLessThan(1e-6);
          assertThat(one.sameBest()).isEqualTo(1);
        });
    assertThat(results.machine().prices()).containsEntry("simd", 0.1);
    assertThat(results.results()).allSatisfy(row -> assertThat(row.memoryBytes()).isPositive());
    assertThat(Files.readString(page())).isEqualTo(ComparePage.of(results, null));
  }

  /** Of 224x224 there is PyTorch's float64. */
  @Test
  void theGoldenIsTheTruthWhereThereIsOne() throws IOException {
    Outcome outcome = run(List.of(), "--size", "224", "--backends", "simd", "--batches", "1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    var accuracy = ResultsJson.read(json()).accuracy().getFirst();
    assertThat(accuracy.truth()).isEqualTo("PyTorch in float64");
    assertThat(accuracy.pytorch()).isBetween(1e-8, 1e-5);
    assertThat(accuracy.relativeL2()).isBetween(1e-9, 6 * accuracy.pytorch());
    assertThat(accuracy.sameBest()).isEqualTo(accuracy.images());
  }

  /** Whatever becomes of one, the others are measured, and the page says it in its place. */
  @Test
  void enginesThatFallOutAreSaidAndNoMore() throws IOException {
    Outcome outcome =
        run(
            List.of(new Odd("liar"), new Odd("absent"), new Odd("broken")),
            "--backends",
            "simd",
            "--batches",
            "1,2");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .allMatch(line -> line.startsWith("resnet4j: resnet18"))
        .anyMatch(line -> line.contains("liar and simd disagree"))
        .anyMatch(line -> line.contains("absent: cannot be had"))
        .anyMatch(line -> line.contains("broken: "));
    Results results = ResultsJson.read(json());
    assertThat(results.results()).extracting(Row::engine).containsOnly("simd").hasSize(2);
    assertThat(results.missing())
        .filteredOn(missing -> missing.batch() != null)
        .extracting(Missing::kind)
        .containsOnly(Missing.Kind.DISAGREES, Missing.Kind.UNAVAILABLE, Missing.Kind.FAILED);
    assertThat(Files.readString(page()))
        .contains("gave another answer, and was not timed")
        .contains("Failed, or gave another answer: ");
  }

  /** What has been measured is in the files before the next configuration begins. */
  @Test
  void whoeverEndsItEarlyHasWhatWasMeasured() throws IOException {
    List<String> seen = new ArrayList<>();
    EngineFactory looksOn =
        new EngineFactory() {
          @Override
          public String name() {
            return "onlooker";
          }

          @Override
          public Engine open(Problem problem) throws IOException {
            if (problem.batch() == 2) {
              Results results = ResultsJson.read(json());
              seen.add(results.results().size() + " " + results.progress());
              seen.add(Files.readString(page()));
            }
            return new BackendEngines("simd").open(problem);
          }
        };
    run(List.of(looksOn), "--backends", "simd", "--batches", "1,2");
    assertThat(seen.getFirst()).startsWith("2 RunProgress[planned=2, done=1,");
    assertThat(seen.getLast()).contains("This run is not finished: 1 of 2 configurations have");
  }

  @Test
  void theGpuThatIsNotThereIsSaidAndIsNoFailureUnlessItWasNamed() throws IOException {
    NoGpu.here();
    Outcome outcome = run(List.of(), "--batches", "1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("\nwithout  ").contains("'cuda' is not available");
    assertThat(Files.readString(page())).contains("No GPU was measured: ");

    Run alone =
        Run.of("compare", "--batches", "1", "--backends", "cuda", "--out", page()).refused();
    assertThat(alone.err()).contains("nothing can run here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--models resnet51 | did you mean",
        "--batches 0 | --batch",
        "--batches 1,1000000000 | --batch 1000000000",
        "--backends tpu | found: cuda, reference, simd",
        "--backends simd --precisions fp16 | no backend that was named computes in it",
        "--peers tensorflow | known: onnxruntime, onnxruntime-int8, pytorch",
        "--price simd | --price",
        "--price simd=1 | simd=0.085/h",
        "--price simd=0/h | simd=0.085/h",
        "--price tpu=1/h | there is no such engine here",
        "--backends simd --old missing.json | missing.json",
        "--backends simd --out no/folder/x.html | no/folder",
      })
  void refusals(String arguments, String reason) {
    List<Object> all = new ArrayList<>(List.of("compare", "--out", page()));
    all.addAll(List.of(arguments.split(" ")));
    if (arguments.contains("--out")) {
      all.subList(1, 3).clear();
    }
    Run run = Run.of(all.toArray()).refused();
    assertThat(run.err()).contains(reason);
    assertThat(page()).doesNotExist();
  }

  @Test
  void filesAreNotWrittenOverEachOther() throws IOException {
    Path detour = json().resolveSibling("no").resolve("..").resolve(json().getFileName());
    for (Path other : List.of(json(), detour)) { // also where it is not there yet
      Run run = Run.of("compare", "--out", json(), "--json", other).refused();
      assertThat(run.err()).contains("is the file with the page");
    }
    Files.writeString(json(), "{}");
    Run run = Run.of("compare", "--out", json(), "--json", json()).refused();
    assertThat(run.err()).contains("is the file with the page");
    assertThat(Run.of("compare", "--out", "-").refused().err()).contains("--out -: ");
    assertThat(
            Run.of("compare", "--out", page(), "--json", json(), "--old", json()).refused().err())
        .contains("is the file with the new results");
  }

  /** Engines of a bad day. */
  private record Odd(String name) implements EngineFactory {
    @Override
    public Engine open(Problem problem) throws IOException {
      if (name.equals("absent")) {
        throw new IOException("cannot be had");
      }
      int outputs = problem.batch() * 1000;
      return new Engine() {
        @Override
        public String name() {
          return name;
        }

        @Override
        public void run() {
          if (name.equals("broken")) {
            throw new UncheckedIOException(new IOException("no more"));
          }
        }

        @Override
        public float[] answer() {
          return new float[outputs];
        }

        @Override
        public void close() {}
      };
    }
  }
}
