package org.resnet4j.simd;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where this process keeps the algorithms it has measured. */
final class AlgorithmCacheFile {
  /** System property that names the file; empty for none. */
  static final String PROPERTY = "resnet4j.algorithms";

  private AlgorithmCacheFile() {}

  /** The file, or null if there is no place for one. */
  static @Nullable Path current() {
    return locate(
        System.getProperty(PROPERTY),
        System.getenv("XDG_CACHE_HOME"),
        System.getProperty("user.home"));
  }

  static @Nullable Path locate(
      @Nullable String named, @Nullable String cacheHome, @Nullable String home) {
    try {
      if (named != null) {
        return named.isBlank() ? null : Path.of(named);
      }
      Path cache = absolute(cacheHome);
      Path user = absolute(home);
      if (cache == null && user != null) {
        cache = user.resolve(".cache");
      }
      return cache == null ? null : cache.resolve("resnet4j").resolve("algorithms.tsv");
    } catch (InvalidPathException _) {
      return null;
    }
  }

  /** Others are not valid here: the XDG specification says so, and Java's home may be "?". */
  private static @Nullable Path absolute(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Path path = Path.of(text);
    return path.isAbsolute() ? path : null;
  }
}
