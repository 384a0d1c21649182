package org.resnet4j.simd;

import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;

/**
 * The CPU backend in pure Java.
 *
 * <p>This class loads on a JVM without the Vector API's module; nothing in its fields or signatures
 * may mention it.
 */
public final class SimdBackendProvider implements BackendProvider {
  private static final String MODULE = "jdk.incubator.vector";

  /** For {@link java.util.ServiceLoader}. */
  public SimdBackendProvider() {}

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public Availability availability() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Availability.Unavailable(
          "the JVM was started without the module " + MODULE,
          "add --add-modules " + MODULE + " to the java command");
    }
    return new Availability.Available(SimdBackend.describeDevice());
  }

  @Override
  public Backend open(BackendOptions options) {
    check(options);
    return new SimdBackend(options);
  }
}
