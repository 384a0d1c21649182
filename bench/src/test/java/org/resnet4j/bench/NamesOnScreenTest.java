package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that comes from others may be called anything, also what a terminal would obey. */
@DisabledOnOs(OS.WINDOWS)
class NamesOnScreenTest {
  @TempDir private static Path folder;
  private static Path network;

  @BeforeAll
  static void make() throws IOException {
    Path plain = folder.resolve("plain.onnx");
    Run.of("export", "--onnx", plain, "--size", "32").succeeded();
    network = Files.move(plain, folder.resolve("n\u001b[31m\u0007\u202e.onnx"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench --weights NETWORK --seconds 0.1",
        "bench --weights NETWORK --seconds 0.1 --files PICTURE",
        "profile --weights NETWORK --seconds 0.1",
        "compare --weights NETWORK --seconds 0.1 --batch 1 --out PAGE",
      })
  void areEscaped(String command) {
    List<Object> arguments =
        Stream.of(command.split(" ", -1))
            .<Object>map(word ->
                switch (word) {
                  case "NETWORK" -> network;
                  case "PICTURE" -> Run.SAMPLES.resolve("00.png");
                  case "PAGE" -> folder.resolve("page.html");
                  default -> word;
                })
            .toList();
    Run run = Run.of(arguments.toArray()).succeeded();
    assertThat(run.out() + run.err())
        .contains("n\\u001b[31m\\u0007\\u202e")
        .doesNotContainPattern("[\\p{Cntrl}&&[^\n]]|\u202e");
  }
}
