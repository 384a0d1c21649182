package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.command.DoctorCommand;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.measure.MachineMeasurement;
import org.resnet4j.bench.report.Machine;
import org.resnet4j.bench.report.MeasuredMachine;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.machine.MachineModel;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class DoctorCommandTest {
  @Test
  void tellsPeopleWhatThereIsAndWhatIsMissing() {
    assertThat(Run.of("doctor").succeeded().out())
        .contains(Runtime.version().toString())
        .contains("module jdk.incubator.vector found")
        .contains("simd       ready: CPU, ")
        .contains("-bit vectors, ")
        .contains("\n           speed      ")
        .doesNotContain("answers")
        .contains("cuda       not available: " + NoGpu.here().reason() + "\n")
        .contains(NoGpu.here().remedy())
        .contains("\n           driver     ")
        .contains("\n           cuDNN      ")
        .contains("\n           cuBLAS     ")
        .contains("reference  ready: ");
  }

  @Test
  void writesTheSameAsJson() {
    Map<String, Object> report = Json.object(Run.of("doctor", "--json").succeeded().out());
    assertThat(report)
        .containsKeys("java", "vendor", "jvm", "warning", "os", "cpu", "memoryBytes")
        .containsEntry("processors", (long) Runtime.getRuntime().availableProcessors())
        .containsEntry("maxHeapBytes", Runtime.getRuntime().maxMemory())
        .containsEntry("vectorModule", true);
    List<?> backends = (List<?>) report.get("backends");
    assertThat(backends).hasSize(3);
    assertThat(((Map<?, ?>) backends.getFirst()).keySet().toString())
        .isEqualTo("[name, available, reason, remedy, requirements]");
    assertThat(((Map<?, ?>) backends.getLast()).keySet().toString())
        .isEqualTo("[name, available, device, requirements]");
  }

  @Test
  void measuresWhatTheMachineModelSays() {
    Map<String, Object> report =
        Json.object(Run.of("doctor", "--measure", "--json").succeeded().out());
    Map<?, ?> machine = (Map<?, ?>) report.get("machine");
    assertThat(machine.get("model")).isEqualTo(MachineModel.current().name());
    Map<?, ?> expected = (Map<?, ?>) machine.get("expected");
    Map<?, ?> measured = (Map<?, ?>) machine.get("measured");
    assertThat(expected.get("l2Bytes")).isEqualTo((long) MachineModel.current().l2Bytes());
    for (String name : new String[] {"gflops", "memoryGigabytesPerSecond"}) {
      assertThat(((Number) measured.get(name)).doubleValue())
          .as(name)
          .isBetween(0.01, 100 * ((Number) expected.get(name)).doubleValue());
    }
  }

  /** What else runs on the machine may slow one of the two down, hardly three times in a row. */
  @Test
  void theFirstCacheIsFasterThanMemory() {
    double ratio = 0;
    for (int attempts = 3; attempts > 0 && ratio <= 1; attempts--) {
      Map<String, Object> report =
          Json.object(Run.of("doctor", "--measure", "--json").succeeded().out());
      Map<?, ?> measured = (Map<?, ?>) ((Map<?, ?>) report.get("machine")).get("measured");
      ratio =
          ((Number) measured.get("l1GigabytesPerSecond")).doubleValue()
              / ((Number) measured.get("memoryGigabytesPerSecond")).doubleValue();
    }
    assertThat(ratio).isGreaterThan(1);
  }

  @Test
  void showsTheMeasuredBesideTheModel() {
    MachineModel model = MachineModel.XEON;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new MeasuredMachine(model, new MachineMeasurement(170, 200, 100, 50, 9, 12, Double.NaN))
        .print(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "one core                       xeon has     measured",
            "multiply-adds               186 GFLOP/s  170 GFLOP/s",
            "first cache                       48 KB     200 GB/s",
            "second cache                    2048 KB     100 GB/s",
            "beyond it                                    50 GB/s",
            "memory, all cores reading       11 GB/s       9 GB/s",
            "memory, the others at rest                   12 GB/s");
  }

  /** A backend that found one thing and misses another. */
  private static final class Half implements BackendProvider {
    @Override
    public String name() {
      return "half";
    }

    @Override
    public Availability availability() {
      return new Availability.Unavailable("the other half is missing", "fetch it");
    }

    @Override
    public List<Requirement> requirements() {
      return List.of(
          new Requirement.Met("left", "left 1.0, /here"),
          new Requirement.Unmet("right", "no right anywhere", "install right"),
          new Requirement.Without("spare", "no spare", "buy one"));
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  /** A backend that computes, but wrongly. */
  private static final class Wrong implements BackendProvider {
    @Override
    public String name() {
      return "wrong";
    }

    @Override
    public Availability availability() {
      return new Availability.Available("here");
    }

    @Override
    public List<Requirement> selfTest() {
      return List.of(new Requirement.Unmet("answers", "2 and 2 is 5", "use another JVM"));
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aSelfTestThatFailsExitsWithOne() {
    assertThat(of(new Wrong(), ExitCodes.OK)).endsWith("wrong      ready: here\n");
    assertThat(of(new Wrong(), ExitCodes.SOME_FAILED, "--self-test"))
        .endsWith(
            """
            wrong      ready: here
                       answers    problem: 2 and 2 is 5
                                  use another JVM
            """);
  }

  private static String ofHalf(String... arguments) {
    return of(new Half(), ExitCodes.OK, arguments);
  }

  private static String of(BackendProvider backend, int exitCode, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(out, out, Terminal.Features.PLAIN);
    DoctorCommand doctor = new DoctorCommand(terminal, () -> List.of(backend));
    CommandLine line = new CommandLine(doctor);
    line.getCommandSpec().addOption(OptionSpec.builder("--debug").type(boolean.class).build());
    assertThat(line.execute(arguments)).isEqualTo(exitCode);
    terminal.out().flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void listsWhatABackendNeeds() {
    assertThat(ofHalf())
        .endsWith(
            """
            half       not available: the other half is missing
                       fetch it
                       left       left 1.0, /here
                       right      problem: no right anywhere
                                  install right
                       spare      none: no spare
                                  buy one
            """);
  }

  /** A device in two precisions, whose library declines something in one of them. */
  private static final class Declining implements BackendProvider {
    @Override
    public String name() {
      return "cuda";
    }

    @Override
    public Availability availability() {
      return new Availability.Available("here");
    }

    @Override
    public Set<Precision> precisions() {
      return EnumSet.of(Precision.FP32, Precision.FP16);
    }

    @Override
    public Backend open(BackendOptions options) {
      if (options.precision() == Precision.FP16) {
        throw new IllegalArgumentException("no such numbers");
      }
      Plan plan = returning(Plan.class, Map.of("notes", List.of("GRAPH for 1 image: no\nengine")));
      return returning(Backend.class, Map.of("compile", plan));
    }

    private static <T> T returning(Class<T> type, Map<String, Object> answers) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, _) -> answers.get(method.getName())));
    }
  }

  @Test
  void saysWhatLibrariesDeclineIfItIsAskedForMore() {
    assertThat(of(new Declining(), ExitCodes.OK)).endsWith("cuda       ready: here\n");
    assertThat(of(new Declining(), ExitCodes.OK, "--debug"))
        .endsWith(
            """
            cuda       ready: here
                       declined   resnet50 in fp32: GRAPH for 1 image: no engine
                       declined   resnet50 in fp16: no such numbers
            """);
    List<?> backends =
        (List<?>)
            Json.object(of(new Declining(), ExitCodes.OK, "--debug", "--json")).get("backends");
    assertThat((List<?>) ((Map<?, ?>) backends.getFirst()).get("declined")).hasSize(2);
  }

  @Test
  void listsWhatABackendNeedsAsJson() {
    List<?> backends = (List<?>) Json.object(ofHalf("--json")).get("backends");
    assertThat(((Map<?, ?>) backends.getFirst()).get("requirements"))
        .isEqualTo(
            List.of(
                Map.of("name", "left", "met", true, "found", "left 1.0, /here"),
                unmet("right", true, "no right anywhere", "install right"),
                unmet("spare", false, "no spare", "buy one")));
  }

  private static Map<String, Object> unmet(
      String name, boolean needed, String reason, String remedy) {
    return Map.of("name", name, "met", false, "needed", needed, "reason", reason, "remedy", remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "25, true",
    "25.0.1+8, true",
    "25.0.2+10-LTS, true",
    "25.0.3+9-LTS, false",
    "25.0.10, false",
  })
  void warnsOfJdksThatCorruptArrays(String version, boolean warns) {
    assertThat(Machine.warning(Runtime.Version.parse(version)).isPresent()).isEqualTo(warns);
  }

  @Test
  void saysThatALaterJdkIsNotTested() {
    assertThat(Machine.warning(Runtime.Version.parse("26-ea+3")).orElseThrow())
        .startsWith("later than JDK 25, ");
  }
}
