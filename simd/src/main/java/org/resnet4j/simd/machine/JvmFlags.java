package org.resnet4j.simd.machine;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a JVM was started, as far as it matters to vectors.
 *
 * @param values of the flags that can be read, by name
 * @param info the property {@code java.vm.info}, which names the mode
 * @param version the property {@code java.vm.version}
 * @param arguments given to the JVM
 */
record JvmFlags(
    Function<String, Optional<String>> values,
    String info,
    String version,
    List<String> arguments) {

  /** This JVM's; of one that is not HotSpot, empty. */
  static Optional<JvmFlags> current() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Optional.ofNullable(hotSpot)
        .map(bean ->
            new JvmFlags(
                name -> value(bean, name),
                System.getProperty("java.vm.info", ""),
                System.getProperty("java.vm.version", ""),
                ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }

  private static Optional<String> value(HotSpotDiagnosticMXBean hotSpot, String name) {
    try {
      return Optional.of(hotSpot.getVMOption(name).getValue());
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // not a flag of this JVM or processor, or a hidden one
    }
  }

  /** A flag's value, or {@code absent} where it cannot be read. */
  String get(String name, String absent) {
    return values.apply(name).orElse(absent);
  }

  /** Whether a flag is on; {@code absent} where it cannot be read. */
  boolean isOn(String name, boolean absent) {
    return Boolean.parseBoolean(get(name, Boolean.toString(absent)));
  }

  /** Of the widest vectors that C2 uses for all types on x86-64; elsewhere 0. */
  int vectorBits() {
    int avx = Integer.parseInt(get("UseAVX", "-1"));
    int most = Integer.parseInt(get("MaxVectorSize", "0")) * Byte.SIZE;
    return switch (avx) {
      case -1 -> 0;
      case 0, 1 -> Math.min(most, VectorWidth.BITS_128.bits());
      case 2 -> Math.min(most, VectorWidth.BITS_256.bits());
      default -> Math.min(most, VectorWidth.BITS_512.bits());
    };
  }

  boolean interpretsAll() {
    return info.contains("interpreted mode");
  }

  /** Whether C2 is left out. */
  boolean quickOnly() {
    return get("CompilationMode", "default").startsWith("quick-only");
  }

  /** 4 unless tiers were left out. */
  String lastTier() {
    return get("TieredStopAtLevel", "4");
  }
}
