package org.resnet4j.bench.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;

/** Which names no command takes for a file that it writes. */
public final class Outputs {
  private Outputs() {}

  /**
   * Refuses to write over what is read.
   *
   * @param option that names the file to write
   * @param what the file that is read holds
   */
  public static void requireOther(
      String option, @Nullable Path written, String what, @Nullable Path read)
      throws CommandException, IOException {
    if (written != null && read != null && isSame(written, read)) {
      throw new CommandException(
          option + " " + written, "is the file with " + what, "name another one");
    }
  }

  /**
   * Refuses to write over one of many files that are read.
   *
   * @param option that names the file to write
   * @param what the files that are read hold
   */
  public static void requireOther(String option, Path written, String what, List<Path> read)
      throws CommandException, IOException {
    if (Files.exists(written)) { // none is lost otherwise
      for (Path file : read) {
        requireOther(option, written, what, file);
      }
    }
  }

  /**
   * Refuses {@code -} for a file of a command that shows something else on standard output.
   *
   * @param option that names the file to write
   */
  public static void requireFile(String option, @Nullable Path written) throws CommandException {
    if (written != null && Terminal.isStandardOutput(written)) {
      throw new CommandException(option + " -", "standard output shows the rows", "name a file");
    }
  }

  /** Also of files that are not there yet. */
  private static boolean isSame(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isSameFile(one, other);
    }
    return place(one).equals(place(other));
  }

  /** A name without detours; of its folder, if there is one, the real name. */
  private static Path place(Path file) throws IOException {
    Path plain = file.toAbsolutePath().normalize();
    Path folder = plain.getParent();
    return folder != null && Files.exists(folder)
        ? folder.toRealPath().resolve(plain.getFileName())
        : plain;
  }
}
