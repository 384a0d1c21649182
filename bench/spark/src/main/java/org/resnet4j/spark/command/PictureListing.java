package org.resnet4j.spark.command;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.core.text.Quote;

/** Pictures on any file system that Spark reads. */
record PictureListing(Configuration hadoop, boolean recursive) {
  /**
   * The paths of files, and of those in directories that are called like pictures; sorted within
   * each argument. Hidden ones in directories are left out.
   *
   * @param names paths or globs, relative to the default file system's current folder
   * @throws CommandException if one names nothing, or all together no picture
   */
  List<String> paths(List<String> names) throws CommandException, IOException {
    List<String> paths = new ArrayList<>();
    for (String name : names) {
      List<String> found = new ArrayList<>();
      for (FileStatus each : matches(name)) {
        if (each.isDirectory()) {
          addFolder(each.getPath(), found);
        } else {
          found.add(each.getPath().toString());
        }
      }
      Collections.sort(found);
      paths.addAll(found);
    }
    if (paths.isEmpty()) {
      throw new CommandException(
          Quote.brief(names.getFirst()),
          "no *.png, *.jpg, *.gif, *.bmp, *.tif or *.webp in this directory",
          recursive
              ? "name one that holds pictures"
              : "name one that holds pictures, or search directories in it with --recursive");
    }
    return paths;
  }

  private List<FileStatus> matches(String name) throws CommandException, IOException {
    try {
      Path path = new Path(name);
      FileStatus[] matching = path.getFileSystem(hadoop).globStatus(path);
      List<FileStatus> found =
          Stream.of(matching == null ? new FileStatus[0] : matching)
              .filter(each -> !isHidden(each.getPath()) || isHidden(path))
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (RuntimeException | UnsupportedFileSystemException e) { // by many hands
      throw new CommandException(
          Quote.brief(name),
          "is on no file system known here: " + Quote.oneLine(String.valueOf(e.getMessage())),
          "check it, and what is on Spark's class path");
    }
    throw new CommandException(
        Quote.brief(name), "there is no such file or folder", "check the path");
  }

  private void addFolder(Path folder, List<String> found) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    FileStatus[] inside;
    try {
      inside = files.listStatus(folder);
    } catch (FileNotFoundException _) {
      return; // it was there a moment ago
    }
    for (FileStatus each : inside) {
      if (isHidden(each.getPath())) {
        continue;
      }
      if (each.isDirectory()) {
        if (recursive) {
          addFolder(each.getPath(), found);
        }
      } else if (Inputs.isPictureName(each.getPath().getName())) {
        found.add(each.getPath().toString());
      }
    }
  }

  /** Globs do not mean these, as in a shell, unless they say so. */
  private static boolean isHidden(Path path) {
    return path.getName().startsWith(".");
  }
}
