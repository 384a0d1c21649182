package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
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

  /** What Spark writes into a folder: files of tasks, with the job's UUID, and their sums. */
  private static final String PARTS =
      "_SUCCESS|\\._SUCCESS\\.crc|\\.?part-\\d{5,}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.-]c\\d{3,}"
          + "(\\.[0-9a-z]+)*";

  /** Before Spark's own (40), while tasks can be told to end and tell that they have. */
  private static final int END = 60;

  /** For tasks to end; one that takes longer may leave a file beside the table. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(5);

  private final String named;
  private final RunningTasks tasks;
  private final FileSystem files;
  private final Path place;
  private final Path beside;
  private final Path old;
  private final boolean force;
  private final Runnable end = this::abandon;

  /** Whether what was in the place is under its other name. */
  private volatile boolean movedAway;

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

  private OutputFolder(
      String named, RunningTasks tasks, FileSystem files, Path place, boolean force) {
    this.named = named;
    this.tasks = tasks;
    this.files = files;
    this.place = place;
    this.beside = new Path(place.getParent(), "_resnet4j-" + UUID.randomUUID());
    this.old = beside.suffix("-old");
    this.force = force;
  }

  /**
   * Looks at what is there.
   *
   * @param force whether a table of Spark's may be replaced
   * @throws CommandException if something is there that may not be replaced
   * @throws FileSystemException if this machine does not let it be written
   */
  static OutputFolder of(SparkSession spark, String name, boolean force)
      throws CommandException, FileSystemException {
    try {
      if (name.isBlank()) {
        throw new CommandException("--out", "names nothing", "name a folder");
      }
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      Optional<java.nio.file.Path> local = LocalPaths.of(name, hadoop);
      Path path = local.isPresent() ? place(local.get()) : new Path(name);
      if (path.isRoot()) {
        throw new CommandException(
            "--out " + name, "is no place for a folder", "choose another name");
      }
      FileSystem files = path.getFileSystem(hadoop);
      OutputFolder folder =
          new OutputFolder(
              name, RunningTasks.of(spark.sparkContext()), files, files.makeQualified(path), force);
      folder.requireFree();
      return folder;
    } catch (FileSystemException e) { // this machine's
      throw e;
    } catch (RuntimeException | IOException e) { // of file systems by many hands
      throw new CommandException(
          "--out " + Quote.brief(name),
          "is on no file system known here: " + SparkFailures.line(e),
          "check it, and what is on Spark's class path");
    }
  }

  /** On this machine: a link stays, and what it leads to is replaced. */
  private static Path place(java.nio.file.Path name) throws IOException, CommandException {
    java.nio.file.Path place = LocalPaths.absolute(name);
    if (Files.exists(place)) {
      place = place.toRealPath();
    } else if (Files.isSymbolicLink(place)) {
      throw new CommandException(
          "--out " + Quote.brief(name.toString()),
          "is a link that leads nowhere",
          "choose another name, or remove it");
    }
    requireRoom(name, place);
    return new Path(LOCAL, null, place.toString());
  }

  /** Tries whether a folder can be made where this one is to be. */
  private static void requireRoom(java.nio.file.Path name, java.nio.file.Path place)
      throws IOException, CommandException {
    java.nio.file.Path parent = place.getParent();
    if (parent == null) {
      return;
    }
    java.nio.file.Path at = LocalPaths.nearest(parent);
    try {
      LocalPaths.requireRoom(at);
    } catch (AccessDeniedException _) {
      throw new AccessDeniedException(at.toString());
    } catch (IOException _) {
      throw new CommandException(
          "--out " + Quote.brief(name.toString()),
          "no folder can be made in " + Quote.brief(at.toString()),
          "choose another name");
    }
  }

  private void requireFree() throws CommandException, IOException {
    if (!files.exists(place)) {
      return;
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
    if (LOCAL.equals(files.getScheme()) && isVolume(local(place))) {
      throw refused("is a volume of its own, which cannot be replaced", "name a folder in it");
    }
    if (!force) {
      throw refused("exists already", "choose another name, or replace it with --force");
    }
  }

  private static boolean isVolume(java.nio.file.Path folder) throws IOException {
    java.nio.file.Path parent = folder.getParent();
    return parent != null && !Files.getFileStore(folder).equals(Files.getFileStore(parent));
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private CommandException refused(String cause, String remedy) {
    return new CommandException("--out " + Quote.brief(named), cause, remedy);
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
  private synchronized void abandon() {
    tasks.cancel(PATIENCE_AT_THE_END);
    try {
      putBack();
      files.delete(beside, true);
    } catch (IOException _) {
      // Nobody is left to be told.
    }
  }

  /** Whether there is something that would be replaced. */
  boolean replaces() throws IOException {
    return files.exists(place);
  }

  /**
   * Puts what was written in its place; what was there is put back if that fails.
   *
   * @throws CommandException if there is something else by now, or the system does not do it
   */
  synchronized void publish() throws CommandException, IOException {
    tasks.awaitNone(PATIENCE);
    requireFree(); // still
    try {
      if (replaces()) {
        movedAway = true;
        move(place, old);
      }
      move(beside, place);
    } catch (IOException e) {
      putBack();
      throw refused(
          "cannot take the table: " + SparkFailures.line(e),
          "what was there is there still; choose another name, such as a folder in it");
    }
    movedAway = false;
    files.delete(old, true); // nothing if there was none
  }

  private void putBack() throws IOException {
    if (movedAway && files.exists(old) && !files.exists(place)) {
      move(old, place);
    }
    movedAway = false;
  }

  /** Hadoop's own would copy a folder of this machine that the system does not move. */
  private void move(Path from, Path to) throws IOException {
    if (LOCAL.equals(files.getScheme())) {
      Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
    } else if (!files.rename(from, to)) {
      throw new IOException(from + " cannot be renamed to " + to);
    }
  }

  /** Its path, with the file system. */
  String shown() {
    return place.toString();
  }

  /** Removes what was not published, when nobody writes there any more. */
  @Override
  public void close() throws IOException {
    tasks.awaitNone(PATIENCE);
    tasks.close();
    files.delete(beside, true);
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(end);
    }
  }
}
