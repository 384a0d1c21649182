package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PrecisionArgumentsTest {
  private static final int SAMPLES = 60;

  /** A command of this option alone. */
  @Command
  private static final class Only {
    @Mixin private PrecisionArguments arguments = new PrecisionArguments();
  }

  private static Precision parse(String... arguments) {
    Only command = new Only();
    new CommandLine(command).parseArgs(arguments);
    BackendOptions options = new BackendOptions(3);
    Precision precision = command.arguments.applyTo(options).precision();
    assertThat(command.arguments.applyTo(options)).isEqualTo(options.withPrecision(precision));
    return precision;
  }

  @Test
  void isFloat32UnlessAnotherIsAskedFor() {
    assertThat(parse()).isEqualTo(Precision.FP32);
    assertThat(parse("--precision", "fp32")).isEqualTo(Precision.FP32);
    assertThat(parse("--precision", "tf32")).isEqualTo(Precision.TF32);
    assertThat(parse("--precision", "fp16")).isEqualTo(Precision.FP16);
    assertThat(parse("--precision", "bf16")).isEqualTo(Precision.BF16);
  }

  private static Run refused(String command, String... arguments) {
    String[] words = (command + " " + String.join(" ", arguments)).strip().split(" ");
    return Run.of((Object[]) words).refused();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --case groups2-96",
        "profile --model resnet18",
        "bench --model resnet18",
        "classify ../golden/samples/00.png"
      })
  void refusesAnotherWordAndWhatTheBackendLacks(String command) {
    assertThat(refused(command, "--precision", "FP8").err())
        .contains("--precision")
        .contains("must be fp32, tf32, fp16 or bf16, got 'FP8'");
    for (String backend : new String[] {"simd", "reference"}) {
      assertThat(refused(command, "--backend", backend, "--precision", "tf32").err())
          .contains("backend '" + backend + "' does not compute in TF32; choose one of [FP32");
    }
  }

  /** Their bits are the same on every processor, which bfloat16's are not. */
  @Test
  void bfloat16HasNoPortableAlgorithms() {
    assertThat(
            refused(
                    "classify ../golden/samples/00.png --backend simd --algorithms portable",
                    "--precision",
                    "bf16")
                .err())
        .contains("portable algorithms are for FP32")
        .contains("; choose by-shape");
  }

  /** On matrix units, or a refusal that says why there are none; never silently in float32. */
  @Test
  void bfloat16GivesTheClassesOfFloat32() {
    List<String> command =
        List.of("classify", "../golden/samples", "--top", "1", "--json", "--backend", "simd");
    if (MatrixUnit.isThere()) {
      List<String> expected = classes(command, "fp32");
      assertThat(expected).hasSize(SAMPLES);
      assertThat(classes(command, "bf16")).isEqualTo(expected);
    } else {
      System.out.println("SKIPPED for lack of a unit for bfloat16: " + MatrixUnit.current());
      assertThat(refused(String.join(" ", command), "--precision", "bf16").err())
          .contains("backend 'simd' is not available: ");
    }
  }

  /** With what it costs: how far the answer lies from float32's. */
  @Test
  void bfloat16StandsBesideFloat32() {
    String command =
        "bench --model resnet18 --size 64 --seconds 0.2 --precision bf16 --against simd --threads 1";
    if (MatrixUnit.isThere()) {
      assertThat(Run.of((Object[]) command.split(" ")).succeeded().out())
          .containsPattern("resnet18 +1 +1 +simd bf16 .* \\de-03\n")
          .containsPattern("resnet18 +1 +1 +simd  .* 0e\\+00\n");
    } else {
      assertThat(refused(command).err()).contains("backend 'simd' is not available: ");
    }
  }

  private static List<String> classes(List<String> command, String precision) {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("--precision", precision));
    return Run.of(words.toArray())
        .succeeded()
        .out()
        .lines()
        .map(line -> line.replaceAll(".*\"image\":\"([^\"]*)\".*\"index\":(\\d+),.*", "$1 is $2"))
        .toList();
  }

  @Test
  void autoSaysWhatLacksThePrecision() {
    assertThat(refused("verify --case groups2-96", "--precision", "fp16").err())
        .contains("cuda: " + NoGpu.here().reason())
        .contains("simd: does not compute in FP16; reference: does not compute in FP16");
  }

  /** A backend of which only name and device count. */
  private record Named(String name) implements Backend {
    @Override
    public String device() {
      return "device";
    }

    @Override
    public Plan compile(Graph graph) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @CsvSource({"simd, FP32, device", "simd, FP16, 'device, fp16'", "cuda, FP32, 'device, fp32'"})
  void isNamedUnlessItGoesWithoutSaying(String backend, Precision precision, String device) {
    try (Backend named = new Named(backend)) {
      assertThat(PrecisionArguments.describe(named, precision)).isEqualTo(device);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aChoiceNamesIt(Precision precision) {
    try (Backend named = new Named("cuda")) {
      BackendArguments.Choice choice =
          new BackendArguments.Choice(named, precision, false, List.of());
      assertThat(choice.device()).isEqualToIgnoringCase("cuda: device, " + precision);
    }
  }
}
