package org.resnet4j.simd.machine;

import java.util.Optional;

/**
 * Why a JVM computes with vectors slowly or not at all.
 *
 * @param cause what it was started with or what it lacks
 * @param remedy what to do about it
 */
public record VectorObstacle(String cause, String remedy) {
  private static final String WITHOUT = "start it without that option";

  /** Which vectors are at least as wide as one can expect of them to be worth while. */
  private static final int LEAST_BITS = VectorWidth.BITS_128.bits();

  /** What is in the way on this JVM; empty if nothing is known to be. */
  public static Optional<VectorObstacle> current() {
    return JvmFlags.current()
        .map(flags -> of(flags, CpuFeatures.current()))
        .orElse(
            Optional.of(new VectorObstacle("this JVM is not HotSpot", "use a build of OpenJDK")));
  }

  /** The gravest thing in the way of a JVM. */
  static Optional<VectorObstacle> of(JvmFlags flags, CpuFeatures features) {
    if (flags.interpretsAll()) {
      return without("this JVM compiles nothing: -Xint");
    }
    if (!flags.isOn("UseCompiler", true)) {
      return found(
          "this JVM's compiler is off: -XX:-UseCompiler, or its code cache is full",
          "start it without that option, or raise -XX:ReservedCodeCacheSize");
    }
    if (!flags.lastTier().equals("4")) {
      return without("this JVM has no C2: -XX:TieredStopAtLevel=" + flags.lastTier());
    }
    if (flags.quickOnly()) {
      return without("this JVM has no C2: -XX:CompilationMode=quick-only");
    }
    if (flags.version().contains("jvmci")) {
      return found("this JVM may compile with Graal instead of C2", "use a build of OpenJDK");
    }
    if (!VectorApi.isPresent()) {
      return found(
          "this JVM was started without the module " + VectorApi.MODULE,
          "add --add-modules " + VectorApi.MODULE + " to the java command");
    }
    if (features.vectorBits() < LEAST_BITS) {
      return found(
          "this JVM has no vectors of %s bits: -XX:MaxVectorSize=%s or -XX:-EnableVectorSupport"
              .formatted(LEAST_BITS, flags.get("MaxVectorSize", "unknown")),
          "start it without such an option; a processor may have none");
    }
    if (flags.get("UseAVX", "").equals("0")) {
      return found(
          "this JVM uses no AVX: -XX:UseAVX=0, or a processor without it",
          "start it without that option, or use a processor with AVX2");
    }
    if (!features.fma()) {
      return found(
          "this JVM uses no FMA: -XX:-UseFMA, or a processor without it",
          "start it without that option, or use a processor with AVX2");
    }
    return flags.arguments().stream().anyMatch(VectorObstacle::debugs)
        ? found("a debugger's agent is loaded", "start it without -agentlib:jdwp")
        : Optional.empty();
  }

  private static boolean debugs(String argument) {
    return argument.startsWith("-agentlib:jdwp")
        || argument.startsWith("-Xrunjdwp")
        || argument.equals("-Xdebug");
  }

  private static Optional<VectorObstacle> without(String cause) {
    return found(cause, WITHOUT);
  }

  private static Optional<VectorObstacle> found(String cause, String remedy) {
    return Optional.of(new VectorObstacle(cause, remedy));
  }
}
