package org.resnet4j.cuda.driver;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.cuda.Emulator;

/** A JVM of its own, for what happens once per process. */
@SuppressWarnings("restricted")
final class DriverFork {
  private DriverFork() {}

  /**
   * {@code status}: without the emulator. {@code loaded}: with it. {@code emulated}: with it, the
   * whole scenario. Prints its answer.
   */
  public static void main(String[] arguments) {
    String temporary = System.getProperty("java.io.tmpdir");
    if (!arguments[0].equals("status")) {
      System.load(arguments[1]);
    }
    if (arguments[0].equals("emulated")) {
      float result = Scenario.run();
      System.out.println("result " + result);
    }
    System.out.println(DriverNatives.status());
    if (!System.getProperty("java.io.tmpdir").equals(temporary)) {
      System.out.println("java.io.tmpdir has changed");
    }
  }

  /** Standard output and error of {@code main}, after a normal exit. */
  static List<String> run(List<String> options, String mode) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), DriverFork.class.getName(), mode));
    command.add(Emulator.library("libcuda.so.1").toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("LD_LIBRARY_PATH");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(output);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output.lines().toList();
  }

  private static String classPath() {
    return Stream.of(
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path"),
            "target/classes",
            "target/test-classes")
        .filter(path -> path != null && !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
