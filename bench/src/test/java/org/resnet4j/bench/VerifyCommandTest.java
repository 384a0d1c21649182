package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Terminal.Features;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;
import org.resnet4j.golden.DemoModel;

class VerifyCommandTest {
  private static final int[] INPUT = {3, 3, 50, 41};

  @TempDir private Path folder;

  @Test
  void printsALineForACaseAndOneForAll() {
    Run run =
        Run.of("verify", "--case", "groups2-96", "resnet18-w16", "--threads", "1").succeeded();
    assertThat(run.out())
        .startsWith("device   simd: CPU, ")
        .contains("no cuda: ")
        .containsPattern("\n +stem +layer1 +layer2 +layer3 +layer4 +pooled +logits +verdict\n")
        .containsPattern(
            "\ngroups2-96 ( +\\d\\.\\d\\d){7} +passed, at most \\d+ % of a gate \\(\\w+\\)\n")
        .containsPattern("\nresnet18-w16 ( +-){6} +\\d\\.\\d\\d +passed, at most")
        .containsPattern("\nall 2 cases passed on simd in [\\d.]+ s\n$")
        .doesNotContain("\033");
  }

  @Test
  void writesAJsonObjectForACaseAndOneForAll() {
    Run run =
        Run.of("verify", "--model", "depthwise", "--backend", "reference", "--json").succeeded();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(Json.object(lines.getLast()))
        .containsExactly(
            Map.entry("model", "depthwise"),
            Map.entry("backend", "reference"),
            Map.entry("cases", 1L),
            Map.entry("failed", List.of()),
            Map.entry("passed", true));
    Map<?, ?> only = Json.object(lines.getFirst());
    assertThat(only.keySet().toString())
        .isEqualTo(
            "[name, model, rr, rm, maxAbs, top1, top5, passed, firstBadStage, firstBadLayer,"
                + " diagnosis, stages]");
    assertThat(only.get("name")).isEqualTo("depthwise-96");
    assertThat(only.get("top1")).isEqualTo("agrees");
    assertThat((double) only.get("rr")).isBetween(1e-9, 1e-5);
    List<?> stages = (List<?>) only.get("stages");
    assertThat(stages).hasSize(7);
    assertThat(((Map<?, ?>) stages.getLast()).keySet().toString())
        .isEqualTo("[name, rr, rm, maxAbs, eRef, ratio, gate, passed, note]");
  }

  @Test
  void verifiesANetworkOfOnesOwn() throws IOException {
    Path golden = golden(0);
    Run run = own(golden).succeeded();
    assertThat(run.out())
        .containsPattern("golden.safetensors( +-){6} +\\de-07 +passed, at most")
        .containsPattern("the case passed on simd in");
  }

  @Test
  void aFailureIsExitCode1AndNamesTheStage() throws IOException {
    Path golden = golden(1e-3);
    Run people = own(golden);
    assertThat(people.code()).isEqualTo(1);
    assertThat(people.err()).isEmpty();
    assertThat(people.out())
        .containsPattern("-0[34] +FAILED\n")
        .contains("\n  first bad stage  logits: ")
        .contains("\n  first bad layer  none: every layer computes what it must")
        .containsPattern("\n1 of 1 cases FAILED on simd in [\\d.]+ s: \\S+golden.safetensors\n$");
    Run json = own(golden, "--json");
    assertThat(json.code()).isEqualTo(1);
    List<String> lines = json.out().lines().toList();
    assertThat(Json.object(lines.getLast())).containsEntry("passed", false);
    Map<?, ?> only = Json.object(lines.getFirst());
    assertThat(only.get("passed")).isEqualTo(false);
    assertThat(only.get("firstBadStage")).isEqualTo("logits");
    assertThat(only.get("model")).isEqualTo("resnet18");
    Map<?, ?> stage = (Map<?, ?>) ((List<?>) only.get("stages")).getFirst();
    assertThat(stage.get("eRef")).isNull();
    assertThat(stage.get("passed")).isEqualTo(false);
  }

  @Test
  void coloursTheVerdictOnATerminal() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(out, err, new Features(true, true, true, true, 100));
    String[] command = {"verify", "--case", "resnet18-classes10-64", "groups2-96"};
    assertThat(Main.run(command, terminal)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\033[32mpassed\033[0m, at most");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("1/2").endsWith("\r\033[K");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --case resnet18|--case resnet18: there is no such case; there are resnet18-w16, resnet18-224,
          --model resnet51|unknown model 'resnet51'; did you mean 'resnet50'
          --model resnet18 --case groups2-96|--model resnet18: none of these cases is its; there are [resnet18-224,
          --weights w.safetensors|--weights: --weights and --golden go together; give both
          --golden g.safetensors|--golden: --weights and --golden go together; give both
          --weights w --golden g --case groups2-96|--case: names embedded cases
          --v1|--v1: does not apply to the embedded cases;
          --num-classes 10|--num-classes: does not apply to the embedded cases;
          --weights w --golden nosuch.safetensors|nosuch.safetensors:
          --backend cuda --case groups2-96|backend 'cuda' is not available
          """)
  void refusesWithOneLine(String arguments, String complaint) {
    Run run = Run.of((Object[]) ("verify " + arguments).split(" ")).refused();
    assertThat(run.err()).startsWith("resnet4j: " + complaint.strip());
    assertThat(run.out()).isEmpty();
  }

  @Test
  void refusesBadFilesWithOneLine() throws IOException {
    Path golden = golden(0);
    assertThat(own(golden, "--model", "resnet50").refused().err())
        .startsWith("resnet4j: " + Run.DEMO_WEIGHTS + ": does not fit resnet50: ")
        .endsWith("; the tensors look like resnet18\n");
    assertThat(own(golden, "--num-classes", "7").refused().err()).contains("10").contains("7");
    assertThat(own(Run.DEMO_WEIGHTS).refused().err())
        .contains(": holds weights, not golden values; ");
    byte[] sound = Files.readAllBytes(golden);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(sound, sound.length - 9));
    assertThat(own(cut).refused().err()).startsWith("resnet4j: " + cut + ": ");
  }

  private Run own(Path golden, Object... more) {
    Object[] arguments = {"verify", "--weights", Run.DEMO_WEIGHTS, "--golden", golden};
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Run.of(all);
  }

  /** The demo model on noise of an odd size, by the reference backend; one logit off by that. */
  private Path golden(double error) throws IOException {
    Graph graph =
        Passes.inference()
            .apply(DemoModel.load().graph().withInputShape(new Shape(3, INPUT[2], INPUT[3])));
    float[] input = new float[Tensor.meta(INPUT).size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 7919 % 1000 / 500f - 1;
    }
    float[] logits = new float[INPUT[0] * 10];
    try (Backend reference = Backends.open("reference", BackendOptions.defaults());
        Plan plan = reference.compile(graph);
        Session session = plan.newSession(INPUT[0])) {
      session.run(INPUT[0], input, logits);
    }
    double[] expected = new double[logits.length];
    Arrays.setAll(expected, i -> logits[i] + (i == 17 ? error : 0));
    Path file = folder.resolve("golden.safetensors");
    new SafetensorsWriter()
        .add("input", Tensor.of(input, INPUT))
        .add("logits", expected, INPUT[0], 10)
        .write(file);
    return file;
  }
}
