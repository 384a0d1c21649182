package org.resnet4j.bench.option;

import java.util.List;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Requirement.Unmet;

/** What would make a measurement of a backend mean little. */
public final class Slowness {
  private Slowness() {}

  /** Prints a line for each thing that the backend called {@code name} misses on this machine. */
  public static void warn(Terminal terminal, String name, List<BackendProvider> providers) {
    providers.stream()
        .filter(provider -> provider.name().equals(name))
        .flatMap(provider -> provider.requirements().stream())
        .forEach(requirement -> {
          if (requirement instanceof Unmet(String _, String reason, String remedy)) {
            terminal
                .err()
                .println("resnet4j: warning: backend '" + name + "': " + reason + "; " + remedy);
          }
        });
  }
}
