package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.option.DeviceArguments;
import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DeviceArgumentsTest {
  /** A command of this option alone. */
  @Command
  private static final class Only {
    @Mixin private DeviceArguments arguments = new DeviceArguments();
  }

  private static BackendOptions parse(String... arguments) {
    Only command = new Only();
    new CommandLine(command).parseArgs(arguments);
    return command.arguments.applyTo(new BackendOptions(3));
  }

  @Test
  void isTheFirstUnlessAnotherIsAskedFor() {
    assertThat(parse()).isEqualTo(new BackendOptions(3));
    assertThat(parse("--device", "2")).isEqualTo(new BackendOptions(3).withDevice(2));
  }

  @ParameterizedTest
  @CsvSource({"-1, got -1", "first, got 'first'", "3000000000, got '3000000000'"})
  void refusesWhatIsNoNumber(String text, String complaint) {
    assertThat(Run.of("verify", "--case", "groups2-96", "--device", text).refused().err())
        .contains("--device", "must be a whole number from 0, " + complaint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --case groups2-96",
        "profile --model resnet18",
        "bench --model resnet18",
        "classify ../golden/samples/00.png"
      })
  void refusesADeviceThatTheBackendLacks(String command) {
    for (String backend : new String[] {"simd", "reference"}) {
      String words = command + " --backend " + backend + " --device 1";
      assertThat(Run.of((Object[]) words.split(" ")).refused().err())
          .contains("backend '" + backend + "' is not available: it has one device, number 0");
    }
  }
}
