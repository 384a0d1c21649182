package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.command.BenchCommand;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.screen.Terminal;
import picocli.CommandLine;

class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void measuresEveryConfiguration() throws Exception {
    Path json = folder.resolve("results.json");
    Run run =
        Run.of(
                "bench",
                "--model",
                "resnet18",
                "--size",
                "32x32",
                "--seconds",
                "0.2",
                "--batch",
                "1,2",
                "--threads",
                "1",
                "--json",
                json)
            .succeeded();
    assertThat(run.out())
        .containsPattern("peak +\\d+\\.\\d GFLOP/s")
        .containsPattern("\nplan +2 configurations of 1 engine, some \\d+ s\n")
        .containsPattern("\nmodel +threads +batch +engine +images/s +p50 ms ")
        .containsPattern("\nresnet18 +1 +1 +simd +\\d+\\.\\d +.* 1\\.00 \\(1\\.00 to 1\\.00\\)")
        .containsPattern("\nresnet18 +1 +2 +simd ");
    Map<String, Object> written = Json.object(Files.readString(json));
    assertThat(written).containsOnlyKeys("machine", "progress", "results");
    assertThat(map(written.get("progress"))).extracting("planned", "done").containsExactly(2L, 2L);
    assertThat(List.<Object>copyOf(map(written.get("machine")).keySet()))
        .containsExactly(
            "cpu",
            "cores",
            "jdk",
            "os",
            "memoryBytes",
            "version",
            "command",
            "engines",
            "peakGflopsPerThread",
            "date");
    assertThat((String) map(written.get("machine")).get("command"))
        .startsWith("./resnet4j bench --model resnet18 --size 32x32 ");
    List<?> results = (List<?>) written.get("results");
    assertThat(results).hasSize(2);
    Map<?, ?> first = map(results.getFirst());
    assertThat(first)
        .extracting("model", "engine", "batch", "threads", "size", "ratioToOurs", "ratioSpread")
        .containsExactly("resnet18", "simd", 1L, 1L, List.of(32L, 32L), 1.0, List.of(1.0, 1.0));
    double p50 = (double) map(first.get("millis")).get("p50");
    assertThat((double) map(first.get("millis")).get("p99")).isGreaterThanOrEqualTo(p50);
    double rate = (double) first.get("imagesPerSecond");
    assertThat(rate * p50 / 1000).isBetween(0.3, 3.0);
    // 37 million multiply-adds at 32x32.
    assertThat((double) first.get("gflops") / rate * 1e9).isBetween(7.2e7, 7.6e7);
    assertThat((double) first.get("shareOfPeak")).isPositive();
    assertThat((List<?>) first.get("rounds")).hasSizeGreaterThanOrEqualTo(7);
    assertThat((Object) map(first.get("answer")).get("with")).isEqualTo("simd");
    assertThat((long) first.get("memoryBytes")).isBetween(40_000_000L, 400_000_000L);
    assertThat(map(results.getLast()).get("batch")).isEqualTo(2L);
  }

  @Test
  void comparesBackends() {
    String arguments =
        "bench --model resnet18 --size 8x8 --seconds 0.2 --threads 1 --backend reference"
            + " --against simd";
    Run run = Run.of((Object[]) arguments.split(" ")).succeeded();
    assertThat(run.out())
        .contains("\nagainst  simd: CPU, ")
        .containsPattern("\nresnet18 +1 +1 +reference .* 1\\.00 \\(1\\.00 to 1\\.00\\)")
        .containsPattern("\nresnet18 +1 +1 +simd +\\d+\\.\\d .* 0\\.\\d\\d \\(");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model resnet51 | did you mean 'resnet50'",
        "--model resnet18,x | unknown model 'x'",
        "--batch 1 | no network is named; name one with --model",
        "--weights resnet/none | if it is a model of the Hugging Face hub",
        "--model resnet18 --batch 0 | --batch",
        "--model resnet18 --batch 1,x | --batch",
        "--model resnet18 --threads 0 | --threads",
        "--model resnet18 --threads 99999 | threads must lie between",
        "--model resnet18 --seconds 0 | --seconds",
        "--model resnet18 --seconds nan | --seconds",
        "--model resnet18 --seconds x | --seconds",
        "--model resnet18 --size 224y | --size",
        "--model resnet18 --backend tpu | found: cuda, reference, simd",
        "--model resnet18 --against simd | is what is measured already",
        "--model resnet18 --against tpu | found: cuda, reference, simd",
        "--model resnet18 --peer tensorflow | known: onnxruntime, onnxruntime-int8, pytorch",
        "--model resnet18 --peer pytorch --torchscript x.pt | needs --weights",
        "--model resnet18 --torchscript x.pt | --peer pytorch",
        "--model all --weights x.safetensors | is for one network",
        "--model resnet18 --weights missing.safetensors | no such file",
        "--model resnet18 --peer onnxruntime | start the command with the launcher",
        "--model resnet18 --peer pytorch | start the command with the launcher",
      })
  void refusals(String arguments, String reason) {
    List<Object> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments.split(" ")));
    Run run = Run.of(all.toArray()).refused();
    assertThat(run.err()).contains(reason);
  }

  @Test
  void anOwnNetworkNeedsNoNameAndHasItsOwnSize() {
    Path file = folder.resolve("garments.onnx");
    Run.of("export", "--onnx", file).succeeded();
    Run run = Run.of("bench", "--weights", file, "--seconds", "0.05", "--threads", "1").succeeded();
    assertThat(run.out())
        .contains("picture  3x64x64, float32")
        .containsPattern("\ngarments +1 +1 +simd ");
    Run profile = Run.of("profile", "--weights", file, "--seconds", "0.05", "--size", "32x48");
    assertThat(profile.succeeded().out()).contains("garments").contains("32x48");
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedBeforeAnythingIsTimed() {
    Run run = Run.of("bench", "--model", "resnet18", "--json", folder.resolve("no/file")).refused();
    assertThat(run.err()).contains("no/file");
    assertThat(run.out()).doesNotContain("resnet18");
  }

  @Test
  void aWrongAnswerIsNotTimedAndTheExitCodeSaysSo() throws Exception {
    Path json = folder.resolve("results.json");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(out, err, Terminal.Features.PLAIN);
    int code =
        new CommandLine(new BenchCommand(terminal, List.of(new Liar())))
            .execute(
                "--model", "resnet18", "--size", "32", "--threads", "1", "--json", json.toString());
    assertThat(code).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("resnet4j: resnet18, batch 1, 1 thread: liar and simd disagree: ")
        .endsWith("not timed\n");
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("liar");
    Map<String, Object> written = Json.object(Files.readString(json));
    assertThat((List<?>) written.get("results")).isEmpty();
    assertThat(map(((List<?>) written.get("missing")).getFirst()))
        .extracting("model", "batch", "threads", "kind")
        .containsExactly("resnet18", 1L, 1L, "disagrees");
  }

  /** Always says zero. */
  private static final class Liar implements EngineFactory {
    @Override
    public String name() {
      return "liar";
    }

    @Override
    public Engine open(Problem problem) {
      return new Engine() {
        @Override
        public String name() {
          return "liar";
        }

        @Override
        public void run() {}

        @Override
        public float[] answer() {
          return new float[1000];
        }

        @Override
        public void close() {}
      };
    }
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}
