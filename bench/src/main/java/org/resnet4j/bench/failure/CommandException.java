package org.resnet4j.bench.failure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.text.Quote;

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

  /**
   * Refuses to write a page over a file that does not begin as one does.
   *
   * @param option that names the file to write
   */
  public static void requirePage(String option, @Nullable Path written)
      throws CommandException, IOException {
    requireNothingBut("<!doctype html", "page", option, written);
  }

  /** As {@link #requirePage}, of results. */
  public static void requireResults(String option, @Nullable Path written)
      throws CommandException, IOException {
    requireNothingBut("{", "results file", option, written);
  }

  private static void requireNothingBut(
      String begin, String what, String option, @Nullable Path written)
      throws CommandException, IOException {
    if (written == null || !Files.isRegularFile(written) || !Files.isReadable(written)) {
      return;
    }
    try (InputStream content = Files.newInputStream(written)) {
      byte[] first = content.readNBytes(begin.length());
      String text = new String(first, StandardCharsets.ISO_8859_1);
      if (first.length > 0 && !text.equalsIgnoreCase(begin)) {
        throw new CommandException(
            option + " " + Quote.line(written.toString()),
            "is there already, and is no " + what,
            "name another one");
      }
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
