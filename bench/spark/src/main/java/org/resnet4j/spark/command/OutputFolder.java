package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.text.Quote;

/**
 * Where a table of Spark's goes: written beside its place under another name, and moved there when
 * it is whole, so that what was there stays until then.
 */
final class OutputFolder implements AutoCloseable {
  private static final String LOCAL = "file";

  /** What Spark writes into a folder. */
  private static final String PARTS = "[._]?(part-.*|_?SUCCESS)(\\.crc)?";

  /** After Spark's own (50), which ends who writes, and before file systems are closed (10). */
  private static final int END = 20;

  private final FileSystem files;
  private final Path place;
  private final Path beside;
  private final boolean force;
  private final Runnable end = this::abandon;

  /** What Spark can write and this module has tried. */
  enum Format {
    PARQUET,
    JSON;

    /** Spark's name of it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private OutputFolder(FileSystem files, Path place, boolean force) {
    this.files = files;
    this.place = place;
    this.beside =
        new Path(place.getParent(), "_resnet4j-" + UUID.randomUUID() + "-" + place.getName());
    this.force = force;
  }

  /**
   * Looks at what is there.
   *
   * @param force whether a table of Spark's may be replaced
   * @throws CommandException if something is there that may not be replaced
   */
  static OutputFolder of(SparkSession spark, String name, boolean force) throws CommandException {
    try {
      if (name.isBlank()) {
        throw new CommandException("--out", "names nothing", "name a folder");
      }
      Path path = new Path(name);
      if (path.isRoot()) {
        throw new CommandException(
            "--out " + name, "is no place for a folder", "choose another name");
      }
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      OutputFolder folder = new OutputFolder(files, files.makeQualified(path), force);
      folder.requireFree();
      return folder;
    } catch (RuntimeException | IOException e) { // of file systems by many hands
      throw new CommandException(
          "--out " + Quote.brief(name),
          "is on no file system known here: " + Sessions.line(e),
          "check it, and what is on Spark's class path");
    }
  }

  private void requireFree() throws CommandException, IOException {
    if (!files.exists(place)) {
      return;
    }
    if (!force) {
      throw refused("exists already", "choose another name, or replace it with --force");
    }
    if (!files.getFileStatus(place).isDirectory()) {
      throw refused("is a file", "choose another name");
    }
    for (FileStatus each : files.listStatus(place)) {
      if (each.isDirectory() || !each.getPath().getName().matches(PARTS)) {
        throw refused(
            "holds %s, which Spark has not written".formatted(Quote.name(each.getPath().getName())),
            "choose another name");
      }
    }
  }

  private CommandException refused(String cause, String remedy) {
    return new CommandException("--out " + Quote.brief(shown()), cause, remedy);
  }

  /**
   * Refuses to replace a folder with pictures, however they are reached.
   *
   * @param pictures their paths, with their file systems
   */
  void requireApart(List<String> pictures) throws CommandException, IOException {
    String real = real(shown());
    for (String picture : pictures) {
      if (picture.startsWith(place + "/") || real(picture).startsWith(real + "/")) {
        throw refused(
            "holds %s, which is to be read".formatted(Quote.brief(picture)), "choose another name");
      }
    }
  }

  /** Without links, where there may be some and it is there. */
  private static String real(String path) throws IOException {
    if (!path.startsWith(LOCAL + ":")) {
      return path;
    }
    java.nio.file.Path file = java.nio.file.Path.of(path.substring(LOCAL.length() + 1));
    return LOCAL + ":" + (Files.exists(file) ? file.toRealPath() : file);
  }

  /** Where Spark is to write. */
  String writtenTo() {
    ShutdownHookManager.get().addShutdownHook(end, END);
    return beside.toString();
  }

  /** Of a process that is told to end. */
  private void abandon() {
    try {
      files.delete(beside, true);
    } catch (IOException _) {
      // Nobody is left to be told.
    }
  }

  /**
   * Puts what was written in its place.
   *
   * @throws CommandException if there is something else by now
   */
  void publish() throws CommandException, IOException {
    requireFree(); // still
    Path old = beside.suffix("-old");
    boolean replaces = files.exists(place);
    if (replaces && !files.rename(place, old)) {
      throw refused("cannot be moved away", "check permissions");
    }
    if (!files.rename(beside, place)) {
      throw refused("cannot be made of " + beside, "check permissions");
    }
    if (replaces) {
      files.delete(old, true);
    }
  }

  /** Its path, with the file system. */
  String shown() {
    return place.toString();
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    files.delete(beside, true);
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(end);
    }
  }
}
