package org.resnet4j.core.model;

import static org.resnet4j.core.model.Block.BASIC;
import static org.resnet4j.core.model.Block.BOTTLENECK;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.core.text.Quote;

/**
 * The members of the family that have names: torchvision's ten, and those that timm added. A new
 * one is one line here.
 */
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

  private static final List<ResNetSpec> NAMED =
      Stream.concat(
              ALL.stream(),
              Stream.of(
                  ResNetSpec.of("resnet26", BOTTLENECK, List.of(2, 2, 2, 2), 1, 64),
                  ResNetSpec.of("resnet200", BOTTLENECK, List.of(3, 24, 36, 3), 1, 64),
                  ResNetSpec.of("resnext101_32x4d", BOTTLENECK, List.of(3, 4, 23, 3), 32, 4),
                  ResNetSpec.of("resnext101_32x16d", BOTTLENECK, List.of(3, 4, 23, 3), 32, 16),
                  ResNetSpec.of("resnext101_32x32d", BOTTLENECK, List.of(3, 4, 23, 3), 32, 32)))
          .toList();

  /** What older versions of timm put before and behind a name to tell its weights. */
  private static final Pattern TIMM_TAGS = Pattern.compile("^(tv|gluon|ssl|swsl|ig)_|_v1b$");

  private ResNets() {}

  /** torchvision's ten, in its order. */
  public static List<ResNetSpec> all() {
    return ALL;
  }

  /** Every member that has a name, torchvision's first. */
  public static List<ResNetSpec> known() {
    return NAMED;
  }

  /**
   * The network that a file calls {@code name}, also with the tags of older timm; empty if none.
   */
  static Optional<ResNetSpec> find(String name) {
    String bare = TIMM_TAGS.matcher(name).replaceAll("");
    return NAMED.stream().filter(spec -> spec.name().equals(bare)).findFirst();
  }

  /**
   * The network of that name.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and lists all
   */
  public static ResNetSpec named(String name) {
    return NAMED.stream()
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
    return NAMED.stream().map(ResNetSpec::name).collect(Collectors.joining(", "));
  }

  private static String nearest(String name) {
    return NAMED.stream()
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
