package org.resnet4j.simd.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The processor's model, for reports and for what was measured on it. */
public final class CpuModel {
  private CpuModel() {}

  /** As the Linux kernel names it; empty where it does not. */
  public static Optional<String> current() {
    return read(Path.of("/proc/cpuinfo"));
  }

  static Optional<String> read(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException | UncheckedIOException _) {
      return Optional.empty(); // no Linux
    }
  }
}
