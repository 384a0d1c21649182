package org.resnet4j.simd;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;

/**
 * What earlier processes found to be the fastest algorithms, in a file of lines with tabs between
 *
 * <pre>
 *   version  CPU model  kernel path  vector bits  threads  shape  algorithms timed  the fastest
 * </pre>
 *
 * <p>All but the last are the key. The algorithms timed are part of it, so that a new one is timed
 * too. A file that cannot be read counts as empty, and one that cannot be written is left alone:
 * what is lost is time.
 */
final class AlgorithmCache {
  /** Of the kernels and of the lines; raise it when either changes what the file says. */
  static final String VERSION = "9";

  private static final Pattern LINE =
      Pattern.compile("(" + VERSION + "\t[^\t]+\t\\w+\t\\d+\t\\d+\t[\\d,]+\t[\\w,]+)\t(\\w+)");

  /** Thousands of lines; what is larger has not been written here. */
  private static final long MAX_BYTES = 1 << 20;

  private final @Nullable Path file;
  private final Conditions conditions;

  /**
   * A cache.
   *
   * @param file where it lies, or null for nowhere
   */
  AlgorithmCache(@Nullable Path file, Conditions conditions) {
    this.file = file;
    this.conditions = conditions;
  }

  /** The fastest of the candidates, if it is known. */
  Optional<ConvAlgorithm> find(ConvShape shape, List<ConvAlgorithm> candidates) {
    if (file == null) {
      return Optional.empty();
    }
    String name = read(file).get(key(shape, candidates));
    return candidates.stream().filter(candidate -> candidate.name().equals(name)).findFirst();
  }

  /** Remembers it, beside what other processes have written meanwhile. */
  void put(ConvShape shape, List<ConvAlgorithm> candidates, ConvAlgorithm fastest) {
    if (file == null) {
      return;
    }
    Map<String, String> entries = read(file);
    entries.put(key(shape, candidates), fastest.name());
    try {
      write(file, entries);
    } catch (IOException _) {
      // The next process measures again.
    }
  }

  private String key(ConvShape shape, List<ConvAlgorithm> candidates) {
    List<Integer> extents =
        List.of(
            shape.inChannels(),
            shape.outChannels(),
            shape.height(),
            shape.width(),
            shape.kernel(),
            shape.stride(),
            shape.padding(),
            shape.groups());
    return String.join(
        "\t",
        VERSION,
        conditions.cpu().replaceAll("\\s+", " "),
        conditions.path().name(),
        Integer.toString(conditions.width().bits()),
        Integer.toString(conditions.threads()),
        extents.stream().map(String::valueOf).collect(Collectors.joining(",")),
        candidates.stream().map(ConvAlgorithm::name).collect(Collectors.joining(",")));
  }

  private static Map<String, String> read(Path file) {
    Map<String, String> entries = new TreeMap<>();
    try {
      if (Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES) {
        for (String line : Files.readAllLines(file)) {
          Matcher matcher = LINE.matcher(line);
          if (matcher.matches()) {
            entries.put(matcher.group(1), matcher.group(2));
          }
        }
      }
    } catch (IOException _) {
      entries.clear();
    }
    return entries;
  }

  private static void write(Path file, Map<String, String> entries) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is no file");
    }
    Files.createDirectories(folder);
    List<String> lines =
        entries.entrySet().stream().map(each -> each.getKey() + "\t" + each.getValue()).toList();
    byte[] content = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    WholeFile.replace(file, channel -> Channels.newOutputStream(channel).write(content));
  }
}
