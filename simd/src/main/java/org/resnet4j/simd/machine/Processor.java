package org.resnet4j.simd.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which processor this is, as the operating system says: Linux in {@code /proc/cpuinfo}, Windows in
 * the environment. A virtual machine may hide the name, but not family and model, by which
 * libraries choose their code.
 *
 * @param vendor as CPUID has it: {@code "AuthenticAMD"}; empty if unknown
 * @param family 0 if unknown
 * @param model 0 if unknown
 * @param name for people; empty if unknown
 * @param flags what it can do beside the least of its architecture, as Linux names it; empty if
 *     unknown
 */
public record Processor(String vendor, int family, int model, String name, Set<String> flags) {
  private static final Pattern IDENTIFIER =
      Pattern.compile(".*\\bFamily (\\d{1,6}) Model (\\d{1,6})\\b.*, *(\\w+)");

  private static final int MOST_LINES = 100;

  private static final Processor UNKNOWN = new Processor("", 0, 0, "", Set.of());

  private static final Processor CURRENT =
      read(Path.of("/proc/cpuinfo")).or(() -> ofIdentifier(System.getenv())).orElse(UNKNOWN);

  /** Without the flags, of which there are a hundred. */
  @Override
  public String toString() {
    return "Processor[vendor=%s, family=%s, model=%s, name=%s]"
        .formatted(vendor, family, model, name);
  }

  /** This one. */
  public static Processor current() {
    return CURRENT;
  }

  /** The name, or family and model, or the architecture that the JVM was built for. */
  public String text() {
    if (!name.isEmpty()) {
      return name;
    }
    return vendor.isEmpty()
        ? System.getProperty("os.arch", "unknown")
        : "%s family %s model %s".formatted(vendor, family, model);
  }

  /** Of the file that Linux offers; empty elsewhere. */
  static Optional<Processor> read(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return ofCpuinfo(lines.limit(MOST_LINES).toList());
    } catch (IOException | UncheckedIOException _) {
      return Optional.empty();
    }
  }

  private static Optional<Processor> ofCpuinfo(List<String> lines) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    Processor found =
        new Processor(
            values.getOrDefault("vendor_id", ""),
            number(values.get("cpu family")),
            number(values.get("model")),
            values.getOrDefault("model name", ""),
            flags(values.getOrDefault("flags", "")));
    boolean known = !found.vendor.isEmpty() || !found.name.isEmpty() || !found.flags.isEmpty();
    return known ? Optional.of(found) : Optional.empty();
  }

  /** {@code "Intel64 Family 6 Model 143 Stepping 8, GenuineIntel"}. */
  static Optional<Processor> ofIdentifier(Map<String, String> environment) {
    Matcher matcher = IDENTIFIER.matcher(environment.getOrDefault("PROCESSOR_IDENTIFIER", ""));
    return matcher.matches()
        ? Optional.of(
            new Processor(
                matcher.group(3), number(matcher.group(1)), number(matcher.group(2)), "", Set.of()))
        : Optional.empty();
  }

  private static Set<String> flags(String text) {
    return text.isEmpty() ? Set.of() : Set.copyOf(List.of(text.split(" +")));
  }

  private static int number(@Nullable String digits) {
    return digits != null && digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : 0;
  }
}
