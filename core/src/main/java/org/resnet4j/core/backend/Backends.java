package org.resnet4j.core.backend;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the module path or class path. */
public final class Backends {
  private Backends() {}

  /** Every provider, in the order of their names. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(BackendProvider::name))
        .toList();
  }

  /**
   * Opens the backend called {@code name}, that one and no other.
   *
   * @throws BackendUnavailableException if it cannot run here or is not on the path, with reason
   *     and remedy
   * @throws IllegalArgumentException if it does not compute in the precision asked for
   */
  public static Backend open(String name, BackendOptions options) {
    List<BackendProvider> providers = providers();
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BackendUnavailableException(
                name,
                "no such backend on the path",
                "found: "
                    + providers.stream()
                        .map(BackendProvider::name)
                        .collect(Collectors.joining(", "))))
        .open(options);
  }
}
