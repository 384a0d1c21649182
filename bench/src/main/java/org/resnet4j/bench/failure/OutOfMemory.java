package org.resnet4j.bench.failure;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.bench.screen.Units;

/** What to do about an {@code OutOfMemoryError}, which has many causes. */
public final class OutOfMemory {
  private static final String OPTIONS = "RESNET4J_JAVA_OPTS=";
  private static final String LESS =
      "ask for less at once (--batch, --size, --max-pixels) or use a machine with more";

  /** A heap beside which the system and the JVM itself still have room. */
  private static final double MAX_SHARE = 0.75;

  private static final long MEGABYTE = 1 << 20;

  private OutOfMemory() {}

  /** {@code "<cause>; <remedy>"}. */
  static String line(OutOfMemoryError error, Limits limits) {
    String message = String.valueOf(error.getMessage());
    if (message.contains("native thread")) {
      return "no further thread can be started" + threads(limits);
    }
    if (message.contains("exceeds VM limit")) {
      return "out of memory (" + message + "): no heap holds as much; ask for less at once";
    }
    if (message.contains("Metaspace") || message.contains("class space")) {
      return "out of memory (" + message + "); raise -XX:MaxMetaspaceSize or leave it out";
    }
    if (message.contains("direct buffer")) {
      return "out of memory (" + message + "); raise it: " + OPTIONS + "-XX:MaxDirectMemorySize=1g";
    }
    return "out of memory (%s) with a heap of %s; %s"
        .formatted(message, Units.bytes(limits.heapBytes()), heap(limits));
  }

  private static String threads(Limits limits) {
    List<String> known = new ArrayList<>();
    limits
        .userThreads()
        .ifPresent(most -> known.add("this user may have " + most + " (ulimit -u)"));
    limits
        .containerThreads()
        .ifPresent(most -> known.add("this container " + most + " (pids.max of its cgroup)"));
    limits
        .addressBytes()
        .ifPresent(
            most -> known.add("this process " + Units.bytes(most) + " of addresses (ulimit -v)"));
    return (known.isEmpty() ? "" : ": " + String.join(", ", known))
        + "; raise "
        + (limits.addressBytes().isPresent()
            ? "these limits"
            : "the limit of threads (ulimit -u, or the container's pids limit)")
        + ", or use fewer: --threads 1";
  }

  /** A larger heap where the memory has room for one. */
  private static String heap(Limits limits) {
    String memory =
        "%s has %s"
            .formatted(
                limits.contained() ? "this container" : "this machine",
                Units.bytes(limits.memoryBytes()));
    long most = (long) (MAX_SHARE * limits.memoryBytes());
    if (most < 1.1 * limits.heapBytes()) {
      return memory
          + ", which leaves no room for a larger one: "
          + (limits.contained() ? "raise its limit, " : "")
          + LESS;
    }
    long wanted = Math.max(2 * limits.heapBytes(), limits.memoryBytes() / 4); // the JVM's default
    return limits.contained()
        ? memory + ": give Java more of it: " + OPTIONS + "-XX:MaxRAMPercentage=75"
        : memory + ": raise it: " + OPTIONS + "-Xmx" + size(Math.min(most, wanted));
  }

  /** In the JVM's words, rounded down. */
  private static String size(long bytes) {
    long megabytes = Math.max(1, bytes / MEGABYTE);
    return megabytes >= 4096 ? megabytes / 1024 + "g" : megabytes + "m";
  }
}
