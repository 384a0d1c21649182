package org.resnet4j.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where NVIDIA's libraries usually lie: {@code LD_LIBRARY_PATH}, distribution packages, the CUDA
 * toolkit, {@code /opt}, and pip's packages. Reads folders only. Immutable and thread-safe.
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
  private static final String PIP = "/nvidia/*/lib";

  /** Existing folders, each once, in the order of search. */
  List<Path> list() {
    Set<Path> folders = new LinkedHashSet<>();
    for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)) {
      if (folder.startsWith("/")) {
        expand(folder, folders);
      }
    }
    SYSTEM.forEach(pattern -> expand(pattern, folders));
    for (String prefix : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      String environmentRoot = environment.get(prefix);
      if (environmentRoot != null && environmentRoot.startsWith("/")) {
        expand(environmentRoot + "/lib/python3*/site-packages" + PIP, folders);
        expand(environmentRoot + "/lib", folders);
      }
    }
    String home = environment.get("HOME");
    if (home != null && home.startsWith("/")) {
      expand(home + "/.local/lib/python3*/site-packages" + PIP, folders);
    }
    expand("/usr/lib/python3/dist-packages" + PIP, folders);
    expand("/usr/local/lib/python3*/dist-packages" + PIP, folders);
    expand("/usr/local/lib/python3*/site-packages" + PIP, folders);
    return List.copyOf(folders);
  }

  /** Adds the folders that match an absolute path whose parts may hold one {@code *} each. */
  private void expand(String pattern, Set<Path> folders) {
    List<Path> level = List.of(root);
    for (String part : pattern.substring(1).split("/+", -1)) {
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
