package org.resnet4j.bench.failure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What bounds this process.
 *
 * @param heapBytes the Java heap's limit
 * @param memoryBytes of the machine, or of the container if that is less
 * @param contained whether it is less
 * @param userThreads the most that this user may have; empty if unlimited or unknown
 * @param containerThreads the most that this container may have; empty if unlimited or unknown
 * @param addressBytes what addresses this process may use; empty if unlimited or unknown
 */
public record Limits(
    long heapBytes,
    long memoryBytes,
    boolean contained,
    OptionalLong userThreads,
    OptionalLong containerThreads,
    OptionalLong addressBytes) {
  private static final Path OF_PROCESS = Path.of("/proc/self/limits");

  /** This process's, as far as the system says. */
  static Limits current() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long memory = system.getTotalMemorySize();
    OptionalLong physical = number(Path.of("/proc/meminfo"), "MemTotal:", 1);
    return new Limits(
        Runtime.getRuntime().maxMemory(),
        memory,
        physical.isPresent() && memory < physical.getAsLong() * 1024,
        number(OF_PROCESS, "Max processes", 2),
        Stream.of("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max")
            .map(file -> number(Path.of(file), "", 0))
            .filter(OptionalLong::isPresent)
            .findFirst()
            .orElse(OptionalLong.empty()),
        number(OF_PROCESS, "Max address space", 3));
  }

  /** A word of the line that begins so, if it is a number. */
  static OptionalLong number(Path file, String beginning, int word) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException _) {
      return OptionalLong.empty();
    }
    Predicate<String> isMeant = line -> line.startsWith(beginning);
    return lines.stream()
        .filter(isMeant)
        .map(line -> line.split("\\s+"))
        .filter(words -> words.length > word && words[word].matches("\\d{1,18}"))
        .mapToLong(words -> Long.parseLong(words[word]))
        .findFirst();
  }
}
