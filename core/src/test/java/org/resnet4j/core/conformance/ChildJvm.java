package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of the tests in a JVM with options of its own. */
public final class ChildJvm {
  private static final int MINUTES = 2;

  private ChildJvm() {}

  /**
   * How it ended.
   *
   * @param status its exit status
   * @param output what it printed, also as errors
   */
  public record End(int status, String output) {
    /** The lines it printed; fails unless it exited with 0. */
    public List<String> lines() {
      assertThat(status).as("exit status; it printed%n%s", output).isZero();
      return output.lines().toList();
    }
  }

  /** Runs it to its end; fails if that takes minutes. */
  public static End run(List<String> options, String classPath, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("child", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly().waitFor();
      String text = Files.readString(output);
      assertThat(ended).as("%s ended; it printed%n%s", options, text).isTrue();
      return new End(process.exitValue(), text);
    } finally {
      Files.delete(output);
    }
  }
}
