package org.resnet4j.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of this process. */
final class Memory {
  private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");

  private Memory() {}

  /** Bytes of this process in physical memory; 0 where the system does not say. */
  static long resident() throws IOException {
    if (!Files.isReadable(ROLLUP)) {
      return 0;
    }
    return Files.readAllLines(ROLLUP).stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
