package org.resnet4j.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.AmpleStack;

/**
 * The names of a network's classes, in the order of its outputs. No name is blank or has a control
 * character, so that each can be printed on a line of its own; names may repeat.
 *
 * <p>Immutable and thread-safe.
 */
public final class Labels {
  private static final int IMAGENET_CLASSES = 1000;
  private static final int MAX_FILE_BYTES = 16 << 20;

  private final List<String> names;
  private final String form;

  /** Of a network without a classifier: there are no classes, and there is nothing to name. */
  public static final Labels NONE = new Labels(List.of(), "none");

  private Labels(List<String> names, String form) {
    this.names = names;
    this.form = form;
  }

  /** Read once, when first asked for. */
  private static final class ImageNet {
    static final Labels LABELS = load("imagenet1k.txt");

    private static Labels load(String resource) {
      try (InputStream in = Labels.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("the resource " + resource + " is missing from the jar");
        }
        Labels labels = parse(resource, in.readAllBytes());
        if (labels.size() != IMAGENET_CLASSES) {
          throw new IllegalStateException(resource + " has " + labels.size() + " labels, not 1000");
        }
        return labels;
      } catch (IOException e) {
        throw new IllegalStateException("the jar is damaged: " + e.getMessage(), e);
      }
    }
  }

  /** The 1000 classes of ImageNet (ILSVRC 2012), by torchvision's names, in its order. */
  public static Labels imagenet1k() {
    return AmpleStack.run(new FirstUse());
  }

  private record FirstUse() implements AmpleStack.Call<Labels, RuntimeException> {
    @Override
    public Labels run() {
      return ImageNet.LABELS;
    }
  }

  /**
   * These names, in this order.
   *
   * @throws IllegalArgumentException if there is none, or one is blank or has a control character
   */
  public static Labels of(List<String> names) {
    return of(names, "given");
  }

  /**
   * @param form how they were written, for people
   */
  static Labels of(List<String> names, String form) {
    List<String> copy = List.copyOf(names);
    String problem = problem(copy);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return new Labels(copy, form);
  }

  /**
   * Reads a text file in UTF-8, of which a byte order mark is skipped: one label a line, also after
   * a class's number or its WordNet identifier and a tab; or JSON, a list of names, or an object
   * from numbers to names (Hugging Face's {@code id2label}) or to pairs that end in them (Keras'
   * {@code imagenet_class_index.json}), also as a part of a {@code config.json}.
   *
   * @throws IOException if it cannot be read, is not UTF-8, or {@link #of} would refuse its labels;
   *     the message names the file
   */
  public static Labels read(Path file) throws IOException {
    return AmpleStack.run(new Reading(file));
  }

  private record Reading(Path file) implements AmpleStack.Call<Labels, IOException> {
    @Override
    public Labels run() throws IOException {
      return LabelsFile.parse(file.toString(), SmallFile.text(file, MAX_FILE_BYTES));
    }
  }

  /**
   * {@code "class 0"} to {@code "class n-1"}, for networks whose classes nobody named.
   *
   * @throws IllegalArgumentException if {@code n} is less than 1
   */
  public static Labels numbered(int n) {
    return of(IntStream.range(0, n).mapToObj(i -> "class " + i).toList());
  }

  static Labels parse(String file, byte[] content) throws ModelFileException {
    return LabelsFile.parse(file, SmallFile.decode(file, content));
  }

  /** Why {@code names} are no labels, or null. */
  static @Nullable String problem(List<String> names) {
    if (names.isEmpty()) {
      return "there are no labels";
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isBlank()) {
        return "label " + i + " (counted from 0) is blank";
      }
      if (names.get(i).codePoints().anyMatch(Labels::breaksALine)) {
        return "label " + i + " (counted from 0) has a control character";
      }
    }
    return null;
  }

  private static boolean breaksALine(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** Number of classes; 0 for {@link #NONE} alone. */
  public int size() {
    return names.size();
  }

  /**
   * The name of class {@code index}.
   *
   * @throws IndexOutOfBoundsException if there is no such class
   */
  public String get(int index) {
    return names.get(index);
  }

  /** All names, unmodifiable. */
  public List<String> names() {
    return names;
  }

  /** How they were written, for people: {@code "one a line"}. */
  String form() {
    return form;
  }

  /** The number of labels and the first of them. */
  @Override
  public String toString() {
    return names.isEmpty() ? "Labels[]" : "Labels[" + size() + ": " + names.getFirst() + ", ...]";
  }
}
