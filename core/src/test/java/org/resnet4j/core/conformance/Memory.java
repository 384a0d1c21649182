package org.resnet4j.core.conformance;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux and the JVM say of this process. */
public final class Memory {
  private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");

  private Memory() {}

  /** Bytes of this process in physical memory; 0 where the system does not say. */
  public static long resident() throws IOException {
    if (!Files.isReadable(ROLLUP)) {
      return 0;
    }
    return Files.readAllLines(ROLLUP).stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  /**
   * The most bytes that compiled code has taken so far. It is bounded ({@code
   * ReservedCodeCacheSize}), but the JVM goes on compiling for hours, whatever a program does.
   */
  public static long code() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().startsWith("Code"))
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
