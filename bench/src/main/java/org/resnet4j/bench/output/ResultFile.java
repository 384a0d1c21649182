package org.resnet4j.bench.output;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
  /** What such a file holds. */
  public enum Kind {
    /** For a browser. */
    PAGE("<!doctype html", "page"),
    /** As JSON. */
    RESULTS("{", "results file");

    private final String begin;
    private final String what;

    Kind(String begin, String what) {
      this.begin = begin;
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

  private static final String REMEDY = "name another one";

  private String refusal() {
    return "is there already, and is no " + kind.what;
  }

  /** Whether what is there does not begin as its like does; of an empty one nothing is lost. */
  private boolean isForeign() throws IOException {
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      return false;
    }
    try (InputStream content = Files.newInputStream(path)) {
      byte[] first = content.readNBytes(kind.begin.length());
      String text = new String(first, StandardCharsets.ISO_8859_1);
      return first.length > 0 && !text.equalsIgnoreCase(kind.begin);
    }
  }
}
