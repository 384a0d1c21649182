package org.resnet4j.cuda.cudnn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.library.NotLoadedException;
import org.resnet4j.cuda.library.SharedLibrary;

/**
 * The libraries that cuDNN 9 consists of besides {@code libcudnn.so.9}, which asks the loader for
 * each by bare name when it needs it. They are opened beforehand from its own folder, since the
 * loader may find those of another version first. Immutable and thread-safe. Source: NVIDIA, cuDNN
 * API overview, "library organization".
 *
 * @param folder where they should lie; null where the loader alone knew
 * @param files what is loaded of cuDNN, as far as the system tells
 * @param problems what is missing or does not fit, each in one phrase
 */
public record CudnnParts(@Nullable Path folder, Set<Path> files, List<String> problems) {
  private static final String PREFIX = "libcudnn_";

  /** In the order of their dependence. */
  private static final List<String> SONAMES =
      List.of(
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_engines_runtime_compiled.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_cnn.so.9");

  private static final Pattern VERSION = Pattern.compile("\\.so\\.(9\\.[0-9.]+)$");

  /** Copies the collections. */
  public CudnnParts {
    files = Set.copyOf(files);
    problems = List.copyOf(problems);
  }

  /**
   * Opens all that can be opened. Never throws because one is missing.
   *
   * @param location of {@code libcudnn.so.9}; a bare name if the loader knew where
   */
  static CudnnParts open(String location) {
    Path folder = location.contains("/") ? Path.of(location).toAbsolutePath().getParent() : null;
    List<String> problems = new ArrayList<>();
    for (String soname : SONAMES) {
      try {
        open(folder, soname);
      } catch (NotLoadedException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    Set<Path> files = new LinkedHashSet<>();
    if (folder != null) {
      files.add(Path.of(location).toAbsolutePath());
    }
    files.addAll(SharedLibrary.loaded(PREFIX));
    problems.addAll(differences(files));
    return new CudnnParts(folder, files, problems);
  }

  private static void open(@Nullable Path folder, String soname) throws NotLoadedException {
    if (folder != null && Files.exists(folder.resolve(soname))) {
      SharedLibrary.open(folder.resolve(soname));
      return;
    }
    try {
      SharedLibrary.ofLoader(soname);
    } catch (NotLoadedException e) {
      throw folder == null
          ? e
          : new NotLoadedException(
              "%s is neither in %s nor known to the loader".formatted(soname, folder));
    }
  }

  /** More folders than one, and more versions than one as far as names tell. */
  private static List<String> differences(Set<Path> files) {
    List<String> found = new ArrayList<>();
    Map<String, List<String>> folders = new TreeMap<>();
    Map<String, List<String>> versions = new TreeMap<>();
    for (Path file : files) {
      Path real = real(file);
      String name = file.getFileName().toString();
      folders.computeIfAbsent(String.valueOf(real.getParent()), _ -> new ArrayList<>()).add(name);
      Matcher version = VERSION.matcher(real.toString());
      if (version.find()) {
        versions.computeIfAbsent(version.group(1), _ -> new ArrayList<>()).add(name);
      }
    }
    if (folders.size() > 1) {
      found.add("parts come from different folders: " + listed(folders));
    }
    if (versions.size() > 1) {
      found.add("parts are of different versions: " + listed(versions));
    }
    return found;
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file; // replaced since it was loaded
    }
  }

  private static String listed(Map<String, List<String>> groups) {
    return groups.entrySet().stream()
        .map(group -> group.getKey() + " (" + String.join(", ", group.getValue()) + ")")
        .collect(Collectors.joining(", "));
  }
}
