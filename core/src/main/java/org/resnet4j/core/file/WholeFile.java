package org.resnet4j.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a file whole: its content is written beside it under another name, forced to the disk
 * and renamed, so that a reader sees the old file or the new one, never a part.
 *
 * <p>What is being written when the process is told to end (SIGTERM, Ctrl-C, {@code System.exit})
 * is deleted; only a process that is killed leaves it. Thread-safe.
 */
public final class WholeFile {
  /** Guarded by itself; null as soon as the process ends. */
  private static final class Partials {
    private @Nullable Set<Path> paths = new HashSet<>();

    synchronized FileChannel create(Path partial) throws IOException {
      if (paths == null) {
        throw new IOException("the process is ending");
      }
      paths.add(partial);
      return FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    synchronized void delete(Path partial) throws IOException {
      if (paths != null) {
        paths.remove(partial);
        Files.deleteIfExists(partial);
      }
    }

    synchronized void deleteAll() {
      Set<Path> left = Objects.requireNonNull(paths, "the process ends once");
      paths = null;
      for (Path partial : left) {
        try {
          Files.deleteIfExists(partial);
        } catch (IOException _) {
          // Nobody is left to be told.
        }
      }
    }
  }

  private static final List<Path> SYSTEMS = List.of(Path.of("/dev"), Path.of("/proc"));

  /** Below {@code /dev}, but a folder for anybody's files. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final Partials PARTIALS = new Partials();

  static {
    try {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("resnet4j-partial-files")
                  .inheritInheritableThreadLocals(false) // nor the first caller's class loader
                  .unstarted(PARTIALS::deleteAll));
    } catch (IllegalStateException _) {
      PARTIALS.deleteAll(); // the process is ending already
    }
  }

  /** Writes the content from its beginning to its end. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param channel is at 0 and stays the caller's
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes {@code file} or leaves it as it was. A link stays, and what it leads to is replaced; the
   * new file has the old one's permissions.
   *
   * @throws IOException what {@code content} throws, or if the folder is missing or not writable,
   *     what is there is no regular file, the disk is full, or the process is ending; a {@link
   *     FileSystemException} names {@code file}
   */
  public static void replace(Path file, Content content) throws IOException {
    Path target = target(file);
    Path partial = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = PARTIALS.create(partial)) {
        content.writeTo(channel);
        channel.force(true);
      }
      if (Files.exists(target) && permissions(target) != null) {
        Files.setPosixFilePermissions(partial, permissions(target));
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      throw named(file, e);
    } finally {
      PARTIALS.delete(partial);
    }
  }

  /**
   * Shows whether {@link #replace} could write, without doing anything to the file.
   *
   * @throws IOException as it would
   */
  public static void check(Path file) throws IOException {
    Path partial = target(file).resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      PARTIALS.create(partial).close();
    } catch (FileSystemException e) {
      throw named(file, e);
    } finally {
      PARTIALS.delete(partial);
    }
  }

  /**
   * Whether a name leads to what the system keeps for devices and streams, such as {@code
   * /dev/stdout}: to be written to, and never replaced, whatever it is at the moment.
   */
  public static boolean isSystems(Path file) throws IOException {
    Path at = file.toAbsolutePath().normalize();
    for (int links = 0; links < MOST_LINKS; links++) {
      if (SYSTEMS.stream().anyMatch(at::startsWith) && !at.startsWith(SHARED_MEMORY)) {
        return true;
      }
      if (!Files.isSymbolicLink(at)) {
        return false;
      }
      at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
    }
    throw new FileSystemException(file.toString(), null, "it is a loop of links");
  }

  /** Where the links of a name end. */
  private static Path target(Path file) throws IOException {
    if (file.getFileName() == null || file.toString().isEmpty()) {
      throw new FileSystemException(file.toString(), null, "it is no name of a file");
    }
    if (isSystems(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
      throw new FileSystemException(file.toString(), null, "it is no regular file");
    }
    Path at = file;
    while (Files.isSymbolicLink(at)) {
      at = at.toAbsolutePath().resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  /** Null where files have none. */
  private static @Nullable Set<PosixFilePermission> permissions(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view == null ? null : view.readAttributes().permissions();
  }

  /** About the file that the caller knows, not the one beside it. */
  private static FileSystemException named(Path file, FileSystemException e) {
    FileSystemException named =
        switch (e) {
          case NoSuchFileException _ -> new NoSuchFileException(file.toString());
          case AccessDeniedException _ -> new AccessDeniedException(file.toString());
          default -> new FileSystemException(file.toString(), null, reason(e));
        };
    named.initCause(e);
    return named;
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? "cannot be written" : e.getReason();
  }
}
