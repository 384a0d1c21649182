package org.resnet4j.core.weights;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How somebody names the parameters of a ResNet: the one table of renaming rules.
 *
 * @param owner whose names they are, for people
 * @param stem the first convolution's name
 * @param first the name of the first convolution of the first block, which is there too
 * @param rules what is replaced by torchvision's words, one after the other
 */
record NamingScheme(String owner, String stem, String first, List<Rule> rules) {
  /** torchvision and timm; projections also as in the ResNets for CIFAR that copy it. */
  static final NamingScheme TORCHVISION =
      new NamingScheme(
          "torchvision",
          "conv1.weight",
          "layer1.0.conv1.weight",
          List.of(
              rule("^(layer\\d+\\.\\d+\\.)shortcut\\.", found -> found.group(1) + "downsample.")));

  /** The {@code ResNetModel} of transformers, also within {@code ResNetForImageClassification}. */
  private static final NamingScheme TRANSFORMERS =
      new NamingScheme(
          "Hugging Face transformers",
          "embedder.embedder.convolution.weight",
          "encoder.stages.0.layers.0.layer.0.convolution.weight",
          List.of(
              rule("^embedder\\.embedder\\.convolution\\.", _ -> "conv1."),
              rule("^embedder\\.embedder\\.normalization\\.", _ -> "bn1."),
              rule(
                  "^encoder\\.stages\\.(\\d{1,4})\\.layers\\.(\\d{1,4})\\.",
                  found -> "layer" + next(found.group(1)) + "." + found.group(2) + "."),
              rule(
                  "\\.layer\\.(\\d{1,4})\\.convolution\\.",
                  found -> ".conv" + next(found.group(1)) + "."),
              rule(
                  "\\.layer\\.(\\d{1,4})\\.normalization\\.",
                  found -> ".bn" + next(found.group(1)) + "."),
              rule("\\.shortcut\\.convolution\\.", _ -> ".downsample.0."),
              rule("\\.shortcut\\.normalization\\.", _ -> ".downsample.1.")));

  /** {@code torch.nn.Sequential(*network.children())}, with or without its last. */
  private static final NamingScheme CHILDREN =
      new NamingScheme(
          "torch.nn.Sequential",
          "0.weight",
          "4.0.conv1.weight",
          List.of(
              rule("^0\\.", _ -> "conv1."),
              rule("^1\\.", _ -> "bn1."),
              rule(
                  "^([4-7])\\.(?=\\d)",
                  found -> "layer" + (Integer.parseInt(found.group(1)) - 3) + ".")));

  /** All of them. */
  static final List<NamingScheme> ALL = List.of(TORCHVISION, TRANSFORMERS, CHILDREN);

  /** What is replaced wherever it is found, by what. */
  record Rule(Pattern pattern, Function<MatchResult, String> replacement) {}

  private static Rule rule(String pattern, Function<MatchResult, String> replacement) {
    return new Rule(Pattern.compile(pattern), replacement);
  }

  private static int next(String index) {
    return 1 + Integer.parseInt(index);
  }

  /** What precedes the names of each network so named, such as {@code "module."} or nothing. */
  List<String> prefixes(Iterable<String> names) {
    Set<String> stems = new LinkedHashSet<>();
    Set<String> firsts = new HashSet<>();
    for (String name : names) {
      prefix(name, stem, stems);
      prefix(name, first, firsts);
    }
    stems.retainAll(firsts);
    return List.copyOf(stems);
  }

  private static void prefix(String name, String end, Set<String> prefixes) {
    if (name.endsWith(end)) {
      String prefix = name.substring(0, name.length() - end.length());
      if (prefix.isEmpty() || prefix.endsWith(".")) {
        prefixes.add(prefix);
      }
    }
  }

  /** torchvision's name for what is so named; a name that no rule knows stays. */
  String torchvision(String name) {
    for (Rule rule : rules) {
      name = rule.pattern.matcher(name).replaceAll(rule.replacement);
    }
    return name;
  }
}
