package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * Looks for files that are called like pictures. A directory is searched once, however many links
 * lead to it: first those that are there themselves, then, by their names, those behind links.
 */
final class PictureSearch extends SimpleFileVisitor<Path> {
  private final boolean recursive;
  private final List<Path> found = new ArrayList<>();
  private final Queue<Path> links = new PriorityQueue<>();
  private final Set<Object> searched = new HashSet<>();
  private Path start;

  private PictureSearch(Path directory, boolean recursive) {
    this.start = directory;
    this.recursive = recursive;
  }

  /**
   * The files, sorted; and whatever in the directory cannot be searched, which stands for itself.
   *
   * @param recursive whether directories in it are searched, too
   * @throws IOException if the directory itself cannot be read
   */
  static List<Path> in(Path directory, boolean recursive) throws IOException {
    PictureSearch search = new PictureSearch(directory, recursive);
    search.walk();
    while (!search.links.isEmpty()) {
      search.start = search.links.remove();
      search.walk();
    }
    search.found.sort(null);
    return search.found;
  }

  private void walk() throws IOException {
    Files.walkFileTree(
        start, EnumSet.of(FileVisitOption.FOLLOW_LINKS), recursive ? Integer.MAX_VALUE : 1, this);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    if (!folder.equals(start)) {
      if (Inputs.isHidden(folder)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (Files.isSymbolicLink(folder)) {
        links.add(folder);
        return FileVisitResult.SKIP_SUBTREE;
      }
    }
    Object key = attributes.fileKey(); // null on systems that have none
    return searched.add(key == null ? folder.toRealPath() : key)
        ? FileVisitResult.CONTINUE
        : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (!attributes.isDirectory() && isPicture(file)) {
      found.add(file);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (file.equals(start) && found.isEmpty() && searched.isEmpty()) {
      throw e;
    }
    if (isPicture(file) || (recursive && !(e instanceof FileSystemLoopException))) {
      found.add(file); // its failure is not the others'
    }
    return FileVisitResult.CONTINUE;
  }

  private static boolean isPicture(Path file) {
    return Inputs.isPictureName(String.valueOf(file.getFileName()));
  }
}
