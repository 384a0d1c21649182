package org.resnet4j.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a process uses: objects in the Java heap after a collection, and resident memory outside of
 * the heap. Where the system does not say, it is unknown.
 *
 * @param bytes negative if unknown
 */
record Footprint(long bytes) {
  private static final Path MAPS = Path.of("/proc/self/smaps");
  private static final Pattern HEAP =
      Pattern.compile("\\[0x([0-9a-f]+)(?:, 0x[0-9a-f]+)?, 0x([0-9a-f]+)\\)");
  private static final Pattern MAP = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
  private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");
  private static final Footprint UNKNOWN = new Footprint(-1);

  /** At this moment, after a collection. */
  static Footprint take() {
    System.gc();
    try {
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      return new Footprint(used + residentOutside(heap()));
    } catch (IOException | JMException _) {
      return UNKNOWN;
    }
  }

  /** What has come since; 0 if it has become less, negative if one is unknown. */
  long minus(Footprint before) {
    return bytes < 0 || before.bytes < 0 ? -1 : Math.max(0, bytes - before.bytes);
  }

  /** The serial collector prints the ranges of its generations; of others nothing is known. */
  private static List<long[]> heap() throws JMException {
    Object text =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcHeapInfo",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    List<long[]> ranges =
        HEAP.matcher(String.valueOf(text))
            .results()
            .map(match -> new long[] {hex(match.group(1)), hex(match.group(2))})
            .toList();
    if (ranges.isEmpty()) {
      throw new JMException("the collector does not say where the heap is");
    }
    return ranges;
  }

  private static long residentOutside(List<long[]> heap) throws IOException {
    long kilobytes = 0;
    boolean inHeap = false;
    for (String line : Files.readAllLines(MAPS)) {
      Matcher map = MAP.matcher(line);
      if (map.matches()) {
        long from = hex(map.group(1));
        inHeap = heap.stream().anyMatch(range -> from >= range[0] && from < range[1]);
        continue;
      }
      Matcher resident = RESIDENT.matcher(line);
      if (!inHeap && resident.matches()) {
        kilobytes += Long.parseLong(resident.group(1));
      }
    }
    return kilobytes * 1024;
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }
}
