package org.resnet4j.simd.machine;

/**
 * Whether this JVM was started with the Vector API's module. Without it, no class that calls the
 * API can be linked, and kernels are machine code or plain loops.
 */
public final class VectorApi {
  /** Its name, for {@code --add-modules}. */
  public static final String MODULE = "jdk.incubator.vector";

  private static final boolean PRESENT = ModuleLayer.boot().findModule(MODULE).isPresent();

  private VectorApi() {}

  public static boolean isPresent() {
    return PRESENT;
  }
}
