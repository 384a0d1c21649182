package org.resnet4j.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where NVIDIA's libraries usually lie: {@code LD_LIBRARY_PATH}, distribution packages, the CUDA
 * toolkit, {@code /opt}, and pip's packages: of the active environment, of every {@code python3} on
 * {@code PATH}, of the user and of the system. Reads folders only. Immutable and thread-safe.
 *
 * @param environment of the process
 * @param root of absolute paths; {@code /}, or a test's folder
 */
record LibraryFolders(Map<String, String> environment, Path root) {
  private static final List<String> SYSTEM =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/local/lib",
          "/usr/local/cuda/lib64",
          "/usr/local/cuda-*/lib64",
          "/opt/cuda/lib64",
          "/opt/cudnn*/lib",
          "/opt/nvidia/*/lib",
          "/opt/nvidia/*/lib64");
  private static final String SITE_PACKAGES = "lib/python3*/site-packages";
  private static final String PIP = "/nvidia/*/lib";

  /**
   * Existing folders, each once, in the order of search. What is no path in this process's locale
   * is left out.
   */
  List<Path> list() {
    Set<Path> folders = new LinkedHashSet<>();
    for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)) {
      add(folder, "", folders);
    }
    SYSTEM.forEach(pattern -> expand(root, pattern.substring(1), folders));
    for (String prefix : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      String environmentRoot = environment.getOrDefault(prefix, "");
      add(environmentRoot, SITE_PACKAGES + PIP, folders);
      add(environmentRoot, "lib", folders);
    }
    pythons(folders);
    add(environment.getOrDefault("HOME", ""), ".local/" + SITE_PACKAGES + PIP, folders);
    add("/usr/lib", "python3/dist-packages" + PIP, folders);
    add("/usr/local/lib", "python3*/dist-packages" + PIP, folders);
    add("/usr/local", SITE_PACKAGES + PIP, folders);
    return List.copyOf(folders);
  }

  /** Adds the folders below an absolute one, taken literally, that match a pattern of ours. */
  private void add(String folder, String pattern, Set<Path> folders) {
    Path literal = absolute(folder);
    if (literal != null) {
      expand(literal, pattern, folders);
    }
  }

  /** Null for what is not absolute or no path here, such as letters that the locale lacks. */
  private @Nullable Path absolute(String text) {
    try {
      return text.startsWith("/") ? root.resolve(text.replaceFirst("^/+", "")) : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * An environment need not be activated for its Python to be the one that is called. Its {@code
   * python3} may be a link to another Python, whose packages it may use too.
   */
  private void pythons(Set<Path> folders) {
    for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path bin = absolute(entry);
      if (bin != null && Files.exists(bin.resolve("python3"))) {
        Path python = bin.resolve("python3");
        packagesOf(python, folders);
        try {
          packagesOf(python.toRealPath(), folders);
        } catch (IOException e) {
          // Gone since, or a loop of links: no Python.
        }
      }
    }
  }

  /** Of the Python whose program this is. */
  private static void packagesOf(Path python, Set<Path> folders) {
    expand(python.resolve("../..").normalize(), SITE_PACKAGES + PIP, folders);
  }

  /** Adds the folders that match a relative path whose parts may hold one {@code *} each. */
  private static void expand(Path from, String pattern, Set<Path> folders) {
    List<Path> level = List.of(from);
    for (String part : pattern.split("/+", -1)) {
      List<Path> next = new ArrayList<>();
      for (Path folder : level) {
        if (part.contains("*")) {
          next.addAll(matching(folder, part));
        } else if (Files.isDirectory(folder.resolve(part))) {
          next.add(folder.resolve(part));
        }
      }
      level = next;
    }
    folders.addAll(level);
  }

  /** Newer versions sort last by name and should be found first. */
  private static List<Path> matching(Path folder, String glob) {
    List<Path> found = entries(folder, glob);
    found.removeIf(entry -> !Files.isDirectory(entry));
    return found.reversed();
  }

  /** Entries by name; none if the folder cannot be read. */
  static List<Path> entries(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return new ArrayList<>();
    }
    found.sort(null);
    return found;
  }
}
