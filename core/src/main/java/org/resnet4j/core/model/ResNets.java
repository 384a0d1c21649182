package org.resnet4j.core.model;

import static org.resnet4j.core.model.Block.BASIC;
import static org.resnet4j.core.model.Block.BOTTLENECK;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.resnet4j.core.text.Quote;

/** torchvision's ten networks. A new member of the family is one line here. */
public final class ResNets {
  private static final List<ResNetSpec> ALL =
      List.of(
          ResNetSpec.of("resnet18", BASIC, List.of(2, 2, 2, 2), 1, 64),
          ResNetSpec.of("resnet34", BASIC, List.of(3, 4, 6, 3), 1, 64),
          ResNetSpec.of("resnet50", BOTTLENECK, List.of(3, 4, 6, 3), 1, 64),
          ResNetSpec.of("resnet101", BOTTLENECK, List.of(3, 4, 23, 3), 1, 64),
          ResNetSpec.of("resnet152", BOTTLENECK, List.of(3, 8, 36, 3), 1, 64),
          ResNetSpec.of("resnext50_32x4d", BOTTLENECK, List.of(3, 4, 6, 3), 32, 4),
          ResNetSpec.of("resnext101_32x8d", BOTTLENECK, List.of(3, 4, 23, 3), 32, 8),
          ResNetSpec.of("resnext101_64x4d", BOTTLENECK, List.of(3, 4, 23, 3), 64, 4),
          ResNetSpec.of("wide_resnet50_2", BOTTLENECK, List.of(3, 4, 6, 3), 1, 128),
          ResNetSpec.of("wide_resnet101_2", BOTTLENECK, List.of(3, 4, 23, 3), 1, 128));

  private ResNets() {}

  /** All ten, in torchvision's order. */
  public static List<ResNetSpec> all() {
    return ALL;
  }

  /**
   * The network torchvision calls {@code name}.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and lists all
   */
  public static ResNetSpec named(String name) {
    return ALL.stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown model "
                    + Quote.name(name)
                    + "; did you mean '"
                    + nearest(name)
                    + "'? known: "
                    + names()));
  }

  private static String names() {
    return ALL.stream().map(ResNetSpec::name).collect(Collectors.joining(", "));
  }

  private static String nearest(String name) {
    return ALL.stream()
        .map(ResNetSpec::name)
        .min(Comparator.comparingInt(known -> editDistance(name, known)))
        .orElseThrow();
  }

  /** Levenshtein distance, one row at a time. */
  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
