package org.resnet4j.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.machine.Processor;

/**
 * What {@code doctor} finds beside the backends.
 *
 * @param jdk version of the running Java
 * @param vendor who built it
 * @param jvm name and mode of the virtual machine
 * @param os system, release and architecture
 * @param cpu model as the kernel names it, or null where it does not
 * @param processors that this process may use
 * @param memoryBytes of the machine or container
 * @param maxHeapBytes the Java heap's limit
 * @param vectorModule whether {@code jdk.incubator.vector} is there
 */
public record Machine(
    Runtime.Version jdk,
    String vendor,
    String jvm,
    String os,
    @Nullable String cpu,
    int processors,
    long memoryBytes,
    long maxHeapBytes,
    boolean vectorModule) {

  /** The version of the JDK that the tests run on. */
  private static final int TESTED = 25;

  public static Machine current() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Runtime runtime = Runtime.getRuntime();
    String cpu = Processor.current().name();
    return new Machine(
        Runtime.version(),
        property("java.vendor"),
        property("java.vm.name") + ", " + property("java.vm.info"),
        property("os.name") + " " + property("os.version") + ", " + property("os.arch"),
        cpu.isEmpty() ? null : cpu,
        runtime.availableProcessors(),
        system.getTotalMemorySize(),
        runtime.maxMemory(),
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  /** What is known to be wrong with a version of the JDK, or that nothing is known of it. */
  public static Optional<String> warning(Runtime.Version jdk) {
    if (jdk.feature() > TESTED) {
      return Optional.of(
          "later than JDK %s, which resnet4j is tested with; where they differ, 'verify' tells"
              .formatted(TESTED));
    }
    return jdk.feature() == TESTED && jdk.interim() == 0 && jdk.update() < 3
        ? Optional.of(
            "JDK 25.0.0 to 25.0.2 can corrupt large arrays under the G1 collector (SPARK-55852);"
                + " use 25.0.3 or later")
        : Optional.empty();
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
