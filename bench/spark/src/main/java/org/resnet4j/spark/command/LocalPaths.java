package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Names of this machine's files, which Hadoop would read in its own way. */
final class LocalPaths {
  private static final String SCHEME = "file:";
  private static final String UP = "..";

  private LocalPaths() {}

  /** What a name means on this machine, if it is one of this machine's. */
  static Optional<Path> of(String name, Configuration hadoop) {
    try {
      boolean stated = name.startsWith(SCHEME);
      boolean elsewhere = name.matches("[A-Za-z][A-Za-z0-9+.-]*://.*");
      if (!stated && (elsewhere || !FileSystem.getDefaultUri(hadoop).getScheme().equals("file"))) {
        return Optional.empty();
      }
      return Optional.of(
          Path.of(stated ? name.substring(SCHEME.length()).replaceFirst("^///", "/") : name));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  /**
   * Tries whether a folder can be made in another, or where that is to be.
   *
   * @throws IOException if not
   */
  static void requireRoom(Path folder) throws IOException {
    Files.delete(Files.createTempDirectory(nearest(folder), "_resnet4j-"));
  }

  /** The folder, or the nearest above it that is there. */
  static Path nearest(Path folder) {
    Path at = folder.toAbsolutePath();
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at;
  }

  /**
   * From the root, and without {@code ..}, which Hadoop would take away together with the name
   * before it, though that may be a link.
   *
   * @throws IOException if what {@code ..} leads up from is not there
   */
  static Path absolute(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    int names = absolute.getNameCount();
    for (int last = names; last > 0; last--) {
      if (absolute.getName(last - 1).toString().equals(UP)) {
        Path up = absolute.getRoot().resolve(absolute.subpath(0, last)).toRealPath();
        return last == names ? up : up.resolve(absolute.subpath(last, names)).normalize();
      }
    }
    return absolute.normalize();
  }
}
