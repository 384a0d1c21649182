package org.resnet4j.bench.failure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Ends a command with one line for the user: what, why, and what to do about it. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandException(String what, String cause, String remedy) {
    super(what + ": " + cause + "; " + remedy);
  }

  /**
   * Refuses to write over what is read.
   *
   * @param option that names the file to write
   * @param what the file that is read holds
   */
  public static void requireOther(
      String option, @Nullable Path written, String what, @Nullable Path read)
      throws CommandException, IOException {
    if (written != null && read != null && Files.exists(written) && Files.exists(read)) {
      if (Files.isSameFile(written, read)) {
        throw new CommandException(
            option + " " + written, "is the file with " + what, "name another one");
      }
    }
  }
}
