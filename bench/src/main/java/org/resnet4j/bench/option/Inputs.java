package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.failure.CommandException;

/**
 * The pictures a command was given.
 *
 * @param files in the order of the arguments, a directory's sorted by name; not empty
 * @param single whether the user named one file, whose failure is the command's
 * @param passedOver how many files in directories are called like pictures and are none, such as
 *     the {@code ._*} that macOS puts beside others
 */
public record Inputs(List<Path> files, boolean single, int passedOver) {
  /** What stands for standard input. */
  public static final Path STANDARD_INPUT = Path.of("-");

  private static final List<String> ENDS =
      List.of(
          ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff",
          ".webp");
  private static final String HOLDS_SOME = "name one that holds pictures";

  /** Copies the list. */
  public Inputs {
    files = List.copyOf(files);
  }

  /**
   * Lists the pictures of each directory; one without any stands for itself beside others.
   *
   * @param recursive whether directories in it are searched too
   * @throws CommandException if the only argument is a directory without pictures
   * @throws IOException if a directory cannot be read
   */
  public static Inputs of(List<Path> arguments, boolean recursive)
      throws CommandException, IOException {
    String remedy =
        recursive ? HOLDS_SOME : HOLDS_SOME + ", or search directories in it with --recursive";
    return of(arguments, recursive, remedy);
  }

  /**
   * As {@link #of}, for a command that never searches directories in directories.
   *
   * @throws CommandException likewise
   * @throws IOException likewise
   */
  public static Inputs flat(List<Path> arguments) throws CommandException, IOException {
    return of(arguments, false, HOLDS_SOME);
  }

  private static Inputs of(List<Path> arguments, boolean recursive, String remedy)
      throws CommandException, IOException {
    List<Path> files = new ArrayList<>();
    int passedOver = 0;
    for (Path argument : arguments) {
      if (!Files.isDirectory(argument)) {
        files.add(argument);
        continue;
      }
      List<Path> candidates = PictureSearch.in(argument, recursive);
      List<Path> pictures = candidates.stream().filter(file -> !isHidden(file)).toList();
      passedOver += candidates.size() - pictures.size();
      if (pictures.isEmpty() && arguments.size() > 1) {
        files.add(argument); // its failure is not the others'
      } else if (pictures.isEmpty()) {
        throw new CommandException(
            argument.toString(),
            "no *.png, *.jpg, *.gif, *.bmp, *.tif or *.webp in this directory",
            remedy);
      }
      files.addAll(pictures);
    }
    return new Inputs(files, arguments.size() == 1 && files.equals(arguments), passedOver);
  }

  /** Whether a file in a directory is taken for a picture by its name. */
  public static boolean isPictureName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ENDS.stream().anyMatch(lower::endsWith);
  }

  static boolean isHidden(Path file) {
    return String.valueOf(file.getFileName()).startsWith(".");
  }
}
