package org.resnet4j.cuda.library;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.resnet4j.cuda.driver.LoaderPath;

/**
 * An open library. Immutable and thread-safe.
 *
 * @param location the file, or the bare soname if the loader knew where
 * @param symbols its functions
 */
public record SharedLibrary(String location, SymbolLookup symbols) {
  private static final Path MAPS = Path.of("/proc/self/maps");

  /**
   * Opens a file for the life of the JVM. Whoever asks the loader for its soname later gets this
   * file, wherever others of that name lie.
   *
   * @throws NotLoadedException with the loader's message
   */
  @SuppressWarnings("restricted")
  public static SharedLibrary open(Path file) throws NotLoadedException {
    if (!Files.isRegularFile(file)) {
      throw new NotLoadedException(
          file + " is no regular file"); // the loader would wait for a pipe
    }
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
      return new SharedLibrary(file.toAbsolutePath().toString(), symbols);
    } catch (IllegalCallerException e) {
      throw new NotLoadedException(file + " cannot be loaded: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new NotLoadedException(file + " cannot be loaded: " + loadersMessage(file, e));
    }
  }

  /** {@code SymbolLookup} keeps the loader's message to itself; {@code System.load} tells it. */
  @SuppressWarnings({"restricted", "BanSystemLoad"})
  private static String loadersMessage(Path file, IllegalArgumentException failure) {
    try {
      System.load(file.toAbsolutePath().toString());
      return String.valueOf(failure.getMessage());
    } catch (UnsatisfiedLinkError e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Opens what the loader finds under a name in its own folders.
   *
   * @throws NotLoadedException if it finds none
   */
  @SuppressWarnings("restricted")
  public static SharedLibrary ofLoader(String soname) throws NotLoadedException {
    Optional<Path> irregular = LoaderPath.irregular(soname);
    if (irregular.isPresent()) {
      throw new NotLoadedException(irregular.get() + " is no regular file");
    }
    try {
      return new SharedLibrary(soname, SymbolLookup.libraryLookup(soname, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new NotLoadedException("the loader does not find " + soname);
    } catch (IllegalCallerException e) {
      throw new NotLoadedException(
          "the loader was not asked for %s: %s".formatted(soname, e.getMessage()));
    }
  }

  /**
   * Files that this process has loaded whose names begin so; none where the system does not say.
   */
  public static Set<Path> loaded(String prefix) {
    Set<Path> files = new LinkedHashSet<>();
    try {
      // Names of other files may be in any encoding, or in none.
      new String(Files.readAllBytes(MAPS), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(" /"))
          .map(line -> line.substring(line.indexOf(" /") + 1))
          .filter(file -> file.startsWith(prefix, file.lastIndexOf('/') + 1))
          .map(SharedLibrary::path)
          .flatMap(Optional::stream)
          .forEach(files::add);
    } catch (IOException e) {
      return Set.of();
    }
    return files;
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
