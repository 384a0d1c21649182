package org.resnet4j.cuda.library;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds and opens a shared library. A place that somebody named (an option, the system property,
 * the environment variable, in this order) is the only one looked at; otherwise the usual folders
 * are, and last the loader's own search by soname. Depends on nothing but its arguments and the
 * file system. Immutable and thread-safe; what it opens stays open.
 */
public final class LibraryFinder {
  private final LibraryFolders folders;
  private final Function<String, @Nullable String> properties;

  /**
   * Looks where a process with these variables and properties would.
   *
   * @param root of the usual folders; {@code /}
   */
  public LibraryFinder(
      Map<String, String> environment, Function<String, @Nullable String> properties, Path root) {
    this.folders = new LibraryFolders(Map.copyOf(environment), root);
    this.properties = properties;
  }

  /** Looks where this process would. */
  public static LibraryFinder ofProcess() {
    return new LibraryFinder(System.getenv(), System::getProperty, Path.of("/"));
  }

  /**
   * Opens the first acceptable library that there is. Never throws because there is none.
   *
   * @param named file or folder that the user named, or null
   */
  public LibraryStatus<SharedLibrary> find(LibraryQuery query, @Nullable Path named) {
    if (named != null) {
      return findNamed(query, named, "the option");
    }
    String property = properties.apply(query.property());
    if (property != null && !property.isBlank()) {
      return findNamed(query, property, "-D" + query.property());
    }
    String variable = folders.environment().get(query.variable());
    if (variable != null && !variable.isBlank()) {
      return findNamed(query, variable, query.variable());
    }
    return findUsual(query);
  }

  private static LibraryStatus<SharedLibrary> findNamed(
      LibraryQuery query, String named, String source) {
    try {
      return findNamed(query, Path.of(named), source);
    } catch (InvalidPathException e) {
      return new LibraryStatus.Missing<>(
          "%s not found: %s, named by %s, is no path here".formatted(query.title(), named, source),
          "set LC_ALL to a locale that has its letters, such as C.UTF-8");
    }
  }

  private static LibraryStatus<SharedLibrary> findNamed(
      LibraryQuery query, Path named, String source) {
    Search search = new Search(query);
    if (Files.isDirectory(named)) {
      search.lookInto(List.of(named));
    } else if (Files.exists(named)) {
      search.tryFile(named);
    }
    return search.outcome(
        "%s (named by %s)".formatted(named, source),
        "let %s name the file %s or its folder".formatted(source, query.sonames().getFirst()));
  }

  private LibraryStatus<SharedLibrary> findUsual(LibraryQuery query) {
    Search search = new Search(query);
    List<Path> usual = folders.list();
    search.lookInto(usual);
    search.askLoader();
    String places = usual.stream().map(Path::toString).collect(Collectors.joining(", "));
    return search.outcome(
        places.isEmpty() ? "the usual folders, none of which exists" : places,
        query.remedy()
            + ", or let "
            + query.variable()
            + " name the file "
            + query.sonames().getFirst()
            + " or its folder");
  }

  /** One search: what it found, and what it found wrong on the way. */
  private static final class Search {
    private final LibraryQuery query;
    private final List<String> problems = new ArrayList<>();
    private @Nullable SharedLibrary found;

    Search(LibraryQuery query) {
      this.query = query;
    }

    /** A better soname in a later folder goes before a worse one in an earlier folder. */
    void lookInto(List<Path> places) {
      for (String soname : query.sonames()) {
        for (Path folder : places) {
          Path file = folder.resolve(soname);
          if (found == null && Files.exists(file)) {
            tryFile(file);
          }
        }
      }
      if (found == null) {
        places.forEach(this::noteOtherVersions);
      }
    }

    private void noteOtherVersions(Path folder) {
      for (Path file : LibraryFolders.entries(folder, query.family() + ".[0-9]*")) {
        String name = file.getFileName().toString();
        boolean major = name.matches(".*\\.so\\.[0-9]+");
        if (major && !query.sonames().contains(name)) {
          problems.add("%s has another major version".formatted(file));
        }
      }
    }

    void tryFile(Path file) {
      try {
        openCompanions(file);
        found = SharedLibrary.open(file);
      } catch (NotLoadedException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }

    private void openCompanions(Path file) {
      for (String glob : query.companions()) {
        for (Path companion : LibraryFolders.entries(file.resolveSibling("."), glob)) {
          try {
            SharedLibrary.open(companion.normalize());
          } catch (NotLoadedException e) {
            problems.add(String.valueOf(e.getMessage()));
          }
        }
      }
    }

    void askLoader() {
      for (String soname : query.sonames()) {
        if (found != null) {
          return;
        }
        try {
          found = SharedLibrary.ofLoader(soname);
        } catch (NotLoadedException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
    }

    /** What was found, or why nothing was. */
    LibraryStatus<SharedLibrary> outcome(String places, String remedy) {
      if (found != null) {
        return new LibraryStatus.Usable<>(found);
      }
      StringBuilder reason = new StringBuilder();
      reason.append(query.title()).append(" not found: no usable ");
      reason.append(String.join(" or ", query.sonames())).append(" in ").append(places);
      problems.forEach(problem -> reason.append("; ").append(problem));
      return new LibraryStatus.Missing<>(reason.toString(), remedy);
    }
  }
}
