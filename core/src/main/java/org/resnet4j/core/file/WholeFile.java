package org.resnet4j.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
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
   * Writes {@code file} or leaves it as it was.
   *
   * @throws IOException what {@code content} throws, or if the folder is missing or not writable,
   *     the disk is full, or the process is ending
   */
  public static void replace(Path file, Content content) throws IOException {
    Objects.requireNonNull(file.getFileName(), "a root is no file");
    Path partial = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = PARTIALS.create(partial)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      PARTIALS.delete(partial);
    }
  }
}
