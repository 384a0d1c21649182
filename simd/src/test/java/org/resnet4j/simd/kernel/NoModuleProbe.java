package org.resnet4j.simd.kernel;

import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;

/** What {@link KernelPathTest} asks of a JVM without the Vector API's module. */
final class NoModuleProbe {
  private NoModuleProbe() {}

  public static void main(String[] args) {
    try (Backend simd = Backends.open("simd", new BackendOptions(1))) {
      System.out.println(simd.device());
    } catch (BackendUnavailableException e) {
      System.out.println(e.getMessage());
    }
    for (BackendProvider provider : Backends.providers()) {
      if (provider.name().equals("simd")) {
        System.out.println("requirements " + provider.requirements() + " " + provider.selfTest());
      }
    }
    try (Backend reference = Backends.open("reference", new BackendOptions(1))) {
      System.out.println(reference.name() + " ready");
    }
  }
}
