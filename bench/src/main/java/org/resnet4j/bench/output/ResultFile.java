package org.resnet4j.bench.output;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.text.Quote;

/**
 * A file of what was measured, which replaces its like, such as one of an earlier run, and nothing
 * else.
 *
 * @param option that names it
 * @param path where
 * @param kind what it holds
 */
public record ResultFile(String option, Path path, Kind kind) {
  private static final String REMEDY = "name another one";

  /** As many bytes as tell what a file is. */
  private static final int BEGINNING = 512;

  /** What such a file holds. */
  public enum Kind {
    /** For a browser. */
    PAGE("(?is)<!doctype html>.*<title>ResNet inference on .*", "page of these"),
    /** As JSON. */
    RESULTS("(?s)\\s*\\{\\s*\"machine\"\\s*:.*", "results file");

    @SuppressWarnings("ImmutableEnumChecker") // patterns are
    private final Pattern begin;

    private final String what;

    Kind(String begin, String what) {
      this.begin = Pattern.compile(begin);
      this.what = what;
    }
  }

  /** What {@code --json} names. */
  public static ResultFile json(Path path) {
    return new ResultFile("--json", path, Kind.RESULTS);
  }

  /** A page. */
  public static ResultFile page(String option, Path path) {
    return new ResultFile(option, path, Kind.PAGE);
  }

  /**
   * Shows before the work whether it could be written.
   *
   * @throws CommandException if something else is there
   * @throws IOException if it is no place for a file
   */
  public void check() throws CommandException, IOException {
    if (isForeign()) {
      throw new CommandException(option + " " + Quote.line(path.toString()), refusal(), REMEDY);
    }
    if (isStream()) {
      WholeFile.checkStream(path);
    } else {
      WholeFile.check(path);
    }
  }

  /** Whether it is written to as it comes, since there is nothing to be replaced. */
  boolean isStream() throws IOException {
    return WholeFile.isSystems(path);
  }

  /**
   * Writes it.
   *
   * @throws IOException also if something else has come into being there, which stays
   */
  public void write(String content) throws IOException {
    if (isForeign()) {
      throw new IOException(Quote.line(path.toString()) + ": " + refusal() + "; " + REMEDY);
    }
    WholeFile.replace(path, content.getBytes(StandardCharsets.UTF_8));
  }

  private String refusal() {
    return Files.isReadable(path)
        ? "is there already, and is no " + kind.what
        : "is there already, and may not be read, so that nobody knows what would be lost";
  }

  /** Whether what is there does not begin as its like does; of an empty one nothing is lost. */
  private boolean isForeign() throws IOException {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    if (!Files.isReadable(path)) {
      return true;
    }
    try (InputStream content = Files.newInputStream(path)) {
      byte[] first = content.readNBytes(BEGINNING);
      String text = new String(first, StandardCharsets.ISO_8859_1);
      return first.length > 0 && !kind.begin.matcher(text).matches();
    }
  }
}
