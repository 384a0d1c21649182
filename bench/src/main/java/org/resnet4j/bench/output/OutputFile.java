package org.resnet4j.bench.output;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.file.WholeFile;

/**
 * A file that a command writes whole.
 *
 * @param path where
 * @param force whether one that is there may be replaced
 */
public record OutputFile(Path path, boolean force) {
  /**
   * Shows before the work whether it could be written.
   *
   * @throws CommandException if it is there and may not be replaced
   */
  public void check() throws CommandException, IOException {
    if (!force && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw existsAlready(path);
    }
    WholeFile.check(path);
  }

  /**
   * Writes it.
   *
   * @throws CommandException if it may not be replaced and has come into being meanwhile
   */
  public void write(WholeFile.Content content) throws CommandException, IOException {
    if (force) {
      WholeFile.replace(path, content);
      return;
    }
    try {
      WholeFile.create(path, content);
    } catch (FileAlreadyExistsException _) {
      throw existsAlready(path);
    }
  }

  /** What to say where there is something of that name. */
  public static CommandException existsAlready(Path path) {
    return Files.isDirectory(path)
        ? new CommandException(path.toString(), "is a folder", "choose another name")
        : new CommandException(
            path.toString(), "exists already", "choose another name, or replace it with --force");
  }
}
