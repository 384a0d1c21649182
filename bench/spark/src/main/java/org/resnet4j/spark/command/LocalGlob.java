package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * Files of this machine that a pattern names, as a shell finds them: {@code *}, {@code ?}, {@code
 * [a-z]} and {@code {jpg,png}} within a name. Hadoop would take a colon in any name beside them for
 * its own, and leave links out that lead nowhere.
 */
final class LocalGlob {
  private static final String SPECIAL = "(?s).*[*?\\[{\\\\].*";

  private LocalGlob() {}

  /** Whether a path means others. */
  static boolean isPattern(Path path) {
    return path.toString().matches(SPECIAL);
  }

  /**
   * Those that are there, sorted; hidden ones only if the pattern begins their name so.
   *
   * @throws IOException if a folder cannot be read
   * @throws PatternSyntaxException if it is no pattern
   */
  static List<Path> matches(Path pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    Path start = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
    collect(start, pattern, 0, found);
    Collections.sort(found);
    return found;
  }

  private static void collect(Path at, Path pattern, int depth, List<Path> found)
      throws IOException {
    if (depth == pattern.getNameCount()) {
      found.add(at);
      return;
    }
    Path name = pattern.getName(depth);
    if (!isPattern(name)) {
      Path next = at.resolve(name);
      if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        collect(next, pattern, depth + 1, found);
      }
    } else if (Files.isDirectory(at)) {
      boolean hidden = name.toString().startsWith(".");
      String glob = name.toString().replace("[^", "[!"); // a shell takes both
      try (DirectoryStream<Path> files = Files.newDirectoryStream(at, glob)) {
        for (Path file : files) {
          if (hidden || !file.getFileName().toString().startsWith(".")) {
            collect(file, pattern, depth + 1, found);
          }
        }
      }
    }
  }
}
