package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** One run of the command in this JVM. */
record Run(int code, String out, String err) {
  static final Path SAMPLES = Path.of("..", "golden", "samples");

  /** The embedded model as a file. */
  static final Path DEMO_WEIGHTS =
      Path.of(
          "../golden/src/main/resources/org/resnet4j/golden/fashion-mnist/resnet18-w16.safetensors");

  static Run of(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    int code = Main.run(texts, new PrintStream(out), new PrintStream(err));
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The run ended with exit code 2 and one line, which no stack trace follows. */
  Run refused() {
    assertThat(code).as(err).isEqualTo(2);
    assertThat(err).startsWith("resnet4j: ").endsWith("\n");
    assertThat(err.strip().lines()).as(err).hasSize(1);
    assertThat(err).doesNotContain("Exception").doesNotContain("\tat ");
    return this;
  }

  Run succeeded() {
    assertThat(code).as(err).isZero();
    assertThat(err).isEmpty();
    return this;
  }
}
