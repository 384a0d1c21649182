package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Node;

/**
 * What stages are called: what the names of a stage's nodes begin with, as far as whole words
 * between dots or slashes go ({@code layer3} of {@code layer3.0.conv1} and {@code layer3.1.conv1}),
 * or {@code stage 3}.
 */
final class StageNames {
  private static final int MAX_LENGTH = 24;

  private StageNames() {}

  /**
   * A name for each stage, no two alike.
   *
   * @param stages each at least one piece
   */
  static List<String> of(List<List<Piece>> stages) {
    List<@Nullable String> found = new ArrayList<>();
    stages.forEach(stage -> found.add(name(stage)));
    boolean isUsable =
        found.stream().allMatch(Objects::nonNull) && new HashSet<>(found).size() == found.size();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      @Nullable String name = found.get(i);
      names.add(isUsable && name != null ? name : "stage " + (i + 1));
    }
    return names;
  }

  private static @Nullable String name(List<Piece> stage) {
    List<String> common = words(stage.getFirst().nodes().getFirst().name());
    for (Piece piece : stage) {
      for (Node node : piece.nodes()) {
        if (node.op().arity() > 0 && !node.op().tensors().isEmpty()) {
          common = common(common, words(node.name()));
        }
      }
    }
    // A single block's number is no part of its stage's name.
    while (!common.isEmpty() && isNumber(common.getLast())) {
      common = common.subList(0, common.size() - 1);
    }
    String name = String.join(".", common);
    return name.isEmpty() || name.length() > MAX_LENGTH ? null : name;
  }

  /** {@code layer3, 0, conv1} of {@code /layer3/layer3.0/conv1}: an exporter says some twice. */
  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String word : name.split("[./]", -1)) {
      if (!word.isEmpty() && (words.isEmpty() || !words.getLast().equals(word))) {
        words.add(word);
      }
    }
    return words;
  }

  private static List<String> common(List<String> a, List<String> b) {
    int length = 0;
    while (length < Math.min(a.size(), b.size()) && a.get(length).equals(b.get(length))) {
      length++;
    }
    return a.subList(0, length);
  }

  private static boolean isNumber(String word) {
    return word.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
