package org.resnet4j.bench.picture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.text.Quote;

/**
 * Which class the pictures of a labelled directory belong to: each directory in it is a class, by
 * its label, by its number, or, if all have the names of synsets and there are as many as classes,
 * by its place in their order, as in ImageNet's validation set and torchvision's {@code
 * ImageFolder}.
 */
public final class FolderClasses {
  private static final Pattern SYNSET = Pattern.compile("n\\d{8}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");

  private static final int SEVERAL = -1;

  private final Map<Path, Integer> classes;

  private FolderClasses(Map<Path, Integer> classes) {
    this.classes = classes;
  }

  /**
   * Reads the names of the directories in these.
   *
   * @throws CommandException if one of {@code roots} is no directory or has none in it, or a
   *     directory in it is no class
   */
  public static FolderClasses of(List<Path> roots, Labels labels)
      throws CommandException, IOException {
    Map<Path, Integer> classes = new HashMap<>();
    for (Path root : roots) {
      List<Path> folders = folders(root);
      boolean synsets =
          folders.size() == labels.size()
              && folders.stream().allMatch(folder -> SYNSET.matcher(name(folder)).matches());
      Map<String, Integer> byName = byName(labels);
      for (int i = 0; i < folders.size(); i++) {
        Path folder = folders.get(i);
        Integer index = synsets ? Integer.valueOf(i) : index(name(folder), byName, labels.size());
        if (index == null) {
          throw new CommandException(
              folder.toString(),
              "is called like no class, or like several",
              "call it by a label, such as "
                  + Quote.name(labels.get(0).replaceAll("[/\\\\]", "_")) // no name has these
                  + ", or a class's number");
        }
        classes.put(folder, index);
      }
    }
    return new FolderClasses(classes);
  }

  private static List<Path> folders(Path root) throws CommandException, IOException {
    List<Path> folders = new ArrayList<>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> entries = Files.list(root)) {
        entries
            .filter(entry -> Files.isDirectory(entry) && !name(entry).startsWith("."))
            .sorted()
            .forEach(folders::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    if (folders.isEmpty()) {
      throw new CommandException(
          root.toString(),
          "has no directory for each class in it",
          "put the pictures of a class into a directory that is called like it");
    }
    return folders;
  }

  /** Labels without what a name of a file cannot have or people leave out. */
  private static Map<String, Integer> byName(Labels labels) {
    Map<String, Integer> byName = new TreeMap<>();
    for (int i = 0; i < labels.size(); i++) {
      byName.merge(plain(labels.get(i)), i, (_, _) -> SEVERAL);
    }
    return byName;
  }

  private static @Nullable Integer index(String name, Map<String, Integer> byName, int classes) {
    Integer named = byName.get(plain(name));
    if (named != null && named == SEVERAL) {
      return null;
    }
    if (named == null && NUMBER.matcher(name).matches() && Integer.parseInt(name) < classes) {
      return Integer.valueOf(name);
    }
    return named;
  }

  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** The class of a picture; empty if it is in none of these directories. */
  public OptionalInt of(Path picture) {
    for (Path folder = picture.getParent(); folder != null; folder = folder.getParent()) {
      Integer index = classes.get(folder);
      if (index != null) {
        return OptionalInt.of(index);
      }
    }
    return OptionalInt.empty();
  }
}
