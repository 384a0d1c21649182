package org.resnet4j.core.weights;

import java.io.Serializable;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.resnet4j.core.text.Quote;

/**
 * Everything in which a weights file differs from what a network needs.
 *
 * @param missing names the network needs and the file lacks
 * @param unexpected names the file has and the network does not know
 * @param shapes tensors whose extents differ
 */
@SuppressWarnings("serial") // List.copyOf is serializable, which its type does not say.
public record Mismatch(List<String> missing, List<String> unexpected, List<ShapeMismatch> shapes)
    implements Serializable {
  private static final int MAX_LISTED = 20;

  /** Copies the lists. */
  public Mismatch {
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    shapes = List.copyOf(shapes);
  }

  /**
   * A tensor of other extents than the network needs.
   *
   * @param name the tensor
   * @param actual the extents in the file
   * @param expected the extents the network needs
   */
  @SuppressWarnings("serial") // List.copyOf is serializable, which its type does not say.
  public record ShapeMismatch(String name, List<Long> actual, List<Long> expected)
      implements Serializable {
    /** Copies the lists. */
    public ShapeMismatch {
      actual = List.copyOf(actual);
      expected = List.copyOf(expected);
    }

    String describe() {
      return "size mismatch for %s: copying a param with shape %s from checkpoint, the shape in current model is %s."
          .formatted(Quote.name(name), actual, expected);
    }
  }

  /** Whether the file fits the network. */
  public boolean isEmpty() {
    return count() == 0;
  }

  /** Number of problems: how far the file is from fitting. */
  public int count() {
    return missing.size() + unexpected.size() + shapes.size();
  }

  /**
   * All problems, a line for each kind and each mismatch of extents, in the words of PyTorch's
   * {@code load_state_dict}; of each kind the first 20 are listed and the others counted.
   */
  public String describe() {
    StringJoiner lines = new StringJoiner("\n");
    if (!missing.isEmpty()) {
      lines.add("Missing key(s) in state_dict (" + missing.size() + "): " + names(missing));
    }
    if (!unexpected.isEmpty()) {
      lines.add(
          "Unexpected key(s) in state_dict (" + unexpected.size() + "): " + names(unexpected));
    }
    if (!shapes.isEmpty()) {
      lines.add(list(shapes, ShapeMismatch::describe, "\n"));
    }
    return lines.toString();
  }

  private static String names(List<String> names) {
    return list(names, Quote::name, ", ");
  }

  private static <T> String list(List<T> items, Function<T, String> text, String separator) {
    String listed =
        items.stream().limit(MAX_LISTED).map(text).collect(Collectors.joining(separator));
    int others = items.size() - MAX_LISTED;
    return others <= 0 ? listed : listed + separator + "... and " + others + " more";
  }
}
