package org.resnet4j.spark.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.SparkSession;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.text.Quote;

/**
 * Where Spark writes a table.
 *
 * @param path with its file system
 * @param replaces whether a table of Spark's is there, which goes
 */
record OutputFolder(Path path, Format format, boolean replaces) {
  /** What Spark writes into a folder when it is complete. */
  private static final String COMPLETE = "_SUCCESS";

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

  /**
   * Looks at what is there.
   *
   * @param force whether a table of Spark's may be replaced
   * @throws CommandException if something is there that may not be replaced
   */
  static OutputFolder of(SparkSession spark, String name, Format format, boolean force)
      throws IOException, CommandException {
    Path path;
    FileSystem files;
    try {
      path = new Path(name);
      files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      path = files.makeQualified(path);
    } catch (RuntimeException | UnsupportedFileSystemException e) { // by many hands
      throw new CommandException(
          "--out " + Quote.brief(name),
          "is on no file system known here: " + Quote.oneLine(String.valueOf(e.getMessage())),
          "check it, and what is on Spark's class path");
    }
    boolean there = files.exists(path);
    if (there && !force) {
      throw new CommandException(
          "--out " + Quote.brief(name),
          "exists already",
          "choose another name, or replace it with --force");
    }
    if (there && !files.exists(new Path(path, COMPLETE))) {
      throw new CommandException(
          "--out " + Quote.brief(name),
          "is there, and no folder that Spark has written",
          "choose another name");
    }
    return new OutputFolder(path, format, there);
  }

  /**
   * Refuses to replace a folder with pictures.
   *
   * @param pictures their paths, with their file systems
   */
  void requireApart(List<String> pictures) throws CommandException {
    String folder = path + "/";
    for (String picture : pictures) {
      if (replaces && picture.startsWith(folder)) {
        throw new CommandException(
            "--out " + Quote.brief(path.toString()),
            "holds " + Quote.brief(picture) + ", which is to be read",
            "choose another name");
      }
    }
  }
}
