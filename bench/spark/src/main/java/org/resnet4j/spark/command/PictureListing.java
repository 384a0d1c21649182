package org.resnet4j.spark.command;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.core.text.Quote;

/**
 * Pictures on any file system that Spark reads; those of this machine as the other commands find
 * them.
 */
record PictureListing(Configuration hadoop, boolean recursive) {
  private static final String LOCAL = "file:";
  private static final String NOTHING = "there is no such file or folder";

  /**
   * The paths of files, and of those in directories that are called like pictures; sorted within
   * each argument. Hidden ones in directories are left out.
   *
   * @param names paths, of this machine if they are there, or globs
   * @throws CommandException if one names nothing, or all together no picture
   */
  List<String> paths(List<String> names) throws CommandException, IOException {
    List<String> paths = new ArrayList<>();
    for (String name : names) {
      if (name.isBlank()) {
        throw new CommandException("a path", "names nothing", "give the path of a picture");
      }
      Optional<java.nio.file.Path> local = LocalPaths.of(name, hadoop);
      if (local.isPresent()) {
        for (java.nio.file.Path file : Inputs.of(here(name, local.get()), recursive).files()) {
          paths.add(LOCAL + LocalPaths.absolute(file));
        }
      } else {
        paths.addAll(elsewhere(name));
      }
    }
    return paths;
  }

  private static List<java.nio.file.Path> here(String name, java.nio.file.Path path)
      throws CommandException, IOException {
    if (Files.exists(path)) {
      return List.of(path);
    }
    try {
      List<java.nio.file.Path> matching =
          LocalGlob.isPattern(path) ? LocalGlob.matches(path) : List.of();
      if (!matching.isEmpty()) {
        return matching;
      }
    } catch (PatternSyntaxException e) {
      throw new CommandException(
          Quote.brief(name),
          "is no pattern: " + SparkFailures.line(e),
          "check the brackets and braces");
    }
    throw new CommandException(Quote.brief(name), NOTHING, "check the path");
  }

  private List<String> elsewhere(String name) throws CommandException {
    List<String> found = new ArrayList<>();
    List<FileStatus> matching;
    try {
      Path path = new Path(name);
      FileStatus[] all = path.getFileSystem(hadoop).globStatus(path);
      matching =
          Stream.of(all == null ? new FileStatus[0] : all)
              .filter(each -> !isHidden(each.getPath()) || isHidden(path))
              .toList();
      for (FileStatus each : matching) {
        if (each.isDirectory()) {
          addFolder(each.getPath(), found);
        } else {
          found.add(each.getPath().toString());
        }
      }
    } catch (RuntimeException | IOException e) { // of file systems by many hands
      throw new CommandException(
          Quote.brief(name),
          "cannot be listed: " + SparkFailures.line(e),
          "check it, and what is on Spark's class path");
    }
    if (matching.isEmpty()) {
      throw new CommandException(Quote.brief(name), NOTHING, "check the path");
    }
    if (found.isEmpty()) {
      throw new CommandException(
          Quote.brief(name),
          "no *.png, *.jpg, *.gif, *.bmp, *.tif or *.webp in this directory",
          "name one that holds pictures" + (recursive ? "" : ", or add --recursive"));
    }
    Collections.sort(found);
    return found;
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
