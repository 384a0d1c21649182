package org.resnet4j.core.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The backends on the module path or class path: those that the calling thread's class loader
 * finds, and those that lie where this class does, in its class loader or module layer.
 */
public final class Backends {
  /** Faulty entries that are passed over in one place. */
  private static final int MOST_FAULTS = 100;

  private Backends() {}

  /**
   * What was found.
   *
   * @param providers one of each class
   * @param faults what is wrong with entries that name no provider
   */
  private record Found(List<BackendProvider> providers, List<String> faults) {}

  /** Every provider, in the order of their names. Entries that name none are passed over. */
  public static List<BackendProvider> providers() {
    return find().providers();
  }

  private static Found find() {
    List<ServiceLoader<BackendProvider>> places = new ArrayList<>();
    places.add(ServiceLoader.load(BackendProvider.class));
    places.add(ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()));
    ModuleLayer layer = Backends.class.getModule().getLayer();
    if (layer != null) {
      places.add(ServiceLoader.load(layer, BackendProvider.class));
    }
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    Set<String> classes = new HashSet<>();
    places.forEach(place -> collect(place, classes, found));
    found.providers().sort(Comparator.comparing(BackendProvider::name));
    return new Found(List.copyOf(found.providers()), found.faults().stream().distinct().toList());
  }

  private static void collect(
      ServiceLoader<BackendProvider> place, Set<String> classes, Found found) {
    Iterator<BackendProvider> each = place.iterator();
    int faults = 0;
    while (faults < MOST_FAULTS) {
      try {
        if (!each.hasNext()) {
          return;
        }
        BackendProvider provider = each.next();
        if (classes.add(provider.getClass().getName())) {
          found.providers().add(provider);
        }
      } catch (ServiceConfigurationError e) {
        faults++;
        found.faults().add(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Opens the backend called {@code name}, that one and no other.
   *
   * @throws BackendUnavailableException if it cannot run here or is not on the path, with reason
   *     and remedy
   * @throws IllegalArgumentException if it does not compute in the precision asked for
   */
  public static Backend open(String name, BackendOptions options) {
    Found found = find();
    return found.providers().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() -> missing(name, found))
        .open(options);
  }

  private static BackendUnavailableException missing(String name, Found found) {
    String names =
        found.providers().stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    String faults =
        found.faults().isEmpty() ? "" : "; passed over: " + String.join("; ", found.faults());
    return new BackendUnavailableException(
        name,
        "no such backend on the path" + faults,
        (names.isEmpty() ? "none was found" : "found: " + names)
            + "; add the jar or module of the one you want");
  }
}
