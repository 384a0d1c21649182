package org.resnet4j.bench;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The pictures a command was given.
 *
 * @param files in the order of the arguments, a directory's sorted by name; not empty
 * @param single whether the user named one file, whose failure is the command's
 */
record Inputs(List<Path> files, boolean single) {
  /** Copies the list. */
  Inputs {
    files = List.copyOf(files);
  }

  /**
   * Lists the pictures of each directory, not those of directories in it; a directory without any
   * stands for itself beside others.
   *
   * @throws CommandException if the only argument is such a directory
   * @throws IOException if a directory cannot be read
   */
  static Inputs of(List<Path> arguments) throws CommandException, IOException {
    List<Path> files = new ArrayList<>();
    for (Path argument : arguments) {
      if (Files.isDirectory(argument)) {
        List<Path> pictures = pictures(argument);
        if (pictures.isEmpty() && arguments.size() > 1) {
          files.add(argument); // its failure is not the others'
        } else if (pictures.isEmpty()) {
          throw new CommandException(
              argument.toString(),
              "no *.png, *.jpg or *.jpeg in this directory",
              "name one that holds pictures; directories in it are not searched");
        }
        files.addAll(pictures);
      } else {
        files.add(argument);
      }
    }
    return new Inputs(files, arguments.size() == 1 && files.equals(arguments));
  }

  private static List<Path> pictures(Path directory) throws IOException {
    List<Path> pictures = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Inputs::isPicture)) {
      entries.forEach(pictures::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    pictures.sort(null);
    return pictures;
  }

  private static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return Stream.of(".png", ".jpg", ".jpeg").anyMatch(name::endsWith) && !Files.isDirectory(file);
  }
}
