package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.AlgorithmArguments;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class AlgorithmArgumentsTest {
  @TempDir private Path folder;

  /** A command of these options alone. */
  @Command
  private static final class Only {
    @Mixin private AlgorithmArguments algorithms = new AlgorithmArguments();
  }

  @BeforeEach
  void nameTheFile() {
    System.setProperty("resnet4j.algorithms", folder.resolve("algorithms").toString());
  }

  @AfterEach
  void forgetTheFile() {
    System.clearProperty("resnet4j.algorithms");
  }

  private static AlgorithmChoice parse(String... arguments) throws CommandException {
    Only command = new Only();
    new CommandLine(command).parseArgs(arguments);
    BackendOptions options = new BackendOptions(3);
    AlgorithmChoice choice = command.algorithms.applyTo(options).algorithms();
    assertThat(command.algorithms.applyTo(options)).isEqualTo(options.withAlgorithms(choice));
    return choice;
  }

  @Test
  void areByShapeUnlessOthersAreAskedFor() throws CommandException {
    assertThat(parse()).isEqualTo(AlgorithmChoice.BY_SHAPE);
    assertThat(parse("--algorithms", "by-shape")).isEqualTo(AlgorithmChoice.BY_SHAPE);
    assertThat(parse("--algorithms", "measured")).isEqualTo(AlgorithmChoice.MEASURED);
    assertThat(parse("--algorithms", "portable")).isEqualTo(AlgorithmChoice.PORTABLE);
  }

  @Test
  void severalHaveNames() {
    Only command = new Only();
    new CommandLine(command)
        .parseArgs("--algorithms", "by-shape,portable", "--machine", "zen4,xeon");
    BackendOptions options = new BackendOptions(3);
    assertThat(command.algorithms.variants(options))
        .containsOnlyKeys("by-shape zen4", "by-shape xeon", "portable zen4", "portable xeon")
        .containsEntry("by-shape xeon", options.withMachine("xeon"));
    assertThatThrownBy(() -> command.algorithms.applyTo(options))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("which only bench compares");
  }

  @Test
  void anotherMachineIsOneLine() {
    assertThat(
            Run.of("classify", Run.SAMPLES.resolve("00.png"), "--machine", "zen9").refused().err())
        .contains("must be one of zen4, zen5, xeon, generic, got 'zen9'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --case groups2-96",
        "profile --model resnet18",
        "bench --model resnet18",
        "classify ../golden/samples/00.png"
      })
  void refusesAnotherWord(String command) {
    Run run = Run.of((Object[]) (command + " --algorithms fastest").split(" ")).refused();
    assertThat(run.err())
        .contains("--algorithms")
        .contains("must be by-shape, portable or measured, got 'fastest'");
  }

  @Test
  void measuredAlgorithmsPassTheGates() {
    Run run =
        Run.of(
                "verify",
                "--case",
                "resnet18-w16",
                "--backend",
                "simd",
                "--threads",
                "1",
                "--algorithms",
                "measured")
            .succeeded();
    assertThat(run.out())
        .containsPattern("device +simd: CPU, .*, 1 thread, algorithms measured\n")
        .contains("the case passed on simd");
    assertThat(folder.resolve("algorithms")).isNotEmptyFile();
  }
}
