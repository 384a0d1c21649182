package org.resnet4j.cuda.driver;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** What the dynamic loader would open. Stateless. */
public final class LoaderPath {
  private LoaderPath() {}

  /**
   * What lies in a folder of {@code LD_LIBRARY_PATH} under a library's name and is no file: opening
   * a pipe without a writer would never end.
   */
  public static Optional<Path> irregular(String soname) {
    return irregular(soname, System.getenv().getOrDefault("LD_LIBRARY_PATH", ""));
  }

  static Optional<Path> irregular(String soname, String folders) {
    for (String folder : folders.split("[:;]", -1)) {
      try {
        Path file = Path.of(folder, soname);
        if (Files.isRegularFile(file)) {
          return Optional.empty(); // the loader takes this one
        } else if (Files.exists(file) && !Files.isDirectory(file)) {
          return Optional.of(file);
        }
      } catch (InvalidPathException _) {
        // No name in this locale, and none that Java could open.
      }
    }
    return Optional.empty();
  }
}
