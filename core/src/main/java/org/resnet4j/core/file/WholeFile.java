package org.resnet4j.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a file whole: its content is written beside it under another name, forced to the disk
 * and renamed, so that a reader sees the old file or the new one, never a part.
 *
 * <p>What is being written when the process is told to end (SIGTERM, Ctrl-C, {@code System.exit})
 * is deleted; only a process that is killed leaves it. Thread-safe.
 */
public final class WholeFile {
  private static final List<Path> SYSTEMS = List.of(Path.of("/dev"), Path.of("/proc"));

  /** Below {@code /dev}, but a folder for anybody's files. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final Pattern STANDARD =
      Pattern.compile("/dev/(stdout|stderr|fd/[12])|/proc/(thread-)?self/fd/[12]");

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final PartialFiles PARTIALS = new PartialFiles();

  /** Writes the content from its beginning to its end. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param channel is at 0 and stays the caller's
     */
    void writeTo(FileChannel channel) throws IOException;

    /** These bytes. */
    static Content of(byte[] content) {
      return channel -> {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      };
    }
  }

  private WholeFile() {}

  /** What a new file does to one of its name. */
  @FunctionalInterface
  private interface Publication {
    void publish(Path partial, Path target) throws IOException;
  }

  /**
   * Writes {@code file} or leaves it as it was. A link stays, and what it leads to is replaced; the
   * new file has the old one's permissions and, where this process may give it away, its owner.
   *
   * @throws FileSystemException that names {@code file}: if {@code content} throws, the folder is
   *     missing or not writable, what is there is no regular file, the disk is full, or the process
   *     is ending
   */
  public static void replace(Path file, Content content) throws IOException {
    write(
        file,
        content,
        (partial, target) -> Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE));
  }

  /** As {@link #replace(Path, Content)}, with these bytes. */
  public static void replace(Path file, byte[] content) throws IOException {
    replace(file, Content.of(content));
  }

  /**
   * Writes a new file whole.
   *
   * @throws FileAlreadyExistsException if there is a file of that name, also one that has come into
   *     being meanwhile
   * @throws FileSystemException as {@link #replace(Path, Content)} does
   */
  public static void create(Path file, Content content) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    write(file, content, WholeFile::publishNew);
  }

  /** A second name is given only where there is none, unlike with a move. */
  private static void publishNew(Path partial, Path target) throws IOException {
    try {
      Files.createLink(target, partial);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException _) {
      Files.move(partial, target); // a file system without second names, which may see it come
    }
  }

  private static void write(Path file, Content content, Publication publication)
      throws IOException {
    Path target = target(file);
    Path partial = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Attributes before = Attributes.of(target);
      try (FileChannel channel = PARTIALS.create(partial, before.whenMade())) {
        content.writeTo(channel);
        channel.force(true);
      }
      before.giveTo(partial);
      publication.publish(partial, target);
    } catch (FileSystemException e) {
      throw named(file, e);
    } catch (IOException e) { // such as a channel's for a full disk
      FileSystemException named = new FileSystemException(file.toString(), null, reason(e));
      named.initCause(e);
      throw named;
    } finally {
      PARTIALS.delete(partial);
    }
  }

  /**
   * Who may do what with a file.
   *
   * @param posix null if there is no such file, or the file system has no such attributes
   */
  private record Attributes(@Nullable PosixFileAttributes posix) {
    private static final FileAttribute<?>[] NONE = {};

    static Attributes of(Path file) throws IOException {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      return new Attributes(view == null || !Files.exists(file) ? null : view.readAttributes());
    }

    /** For a file that is made: nobody reads its content whom the other is kept from. */
    FileAttribute<?>[] whenMade() {
      return posix == null
          ? NONE
          : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(posix.permissions())};
    }

    void giveTo(Path file) throws IOException {
      if (posix == null) {
        return;
      }
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      PosixFileAttributes own = view.readAttributes();
      try {
        if (!own.group().equals(posix.group())) {
          view.setGroup(posix.group());
        }
        if (!own.owner().equals(posix.owner())) {
          view.setOwner(posix.owner());
        }
      } catch (FileSystemException _) {
        // It stays the writer's, as a file that is made anew does.
      }
      view.setPermissions(posix.permissions());
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
    } catch (IOException e) { // such as a channel's for a full disk
      FileSystemException named = new FileSystemException(file.toString(), null, reason(e));
      named.initCause(e);
      throw named;
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

  /**
   * Whether what the system keeps may be written to under a name: a stream or a device, and of
   * regular files standard output and error alone, since any other is one that this process has
   * open for itself.
   *
   * @throws IOException if not
   */
  public static void checkStream(Path file) throws IOException {
    String name = file.toAbsolutePath().normalize().toString();
    if (Files.isRegularFile(file) && !STANDARD.matcher(name).matches()) {
      throw new FileSystemException(
          file.toString(), null, "it is a file that a process has open; name the file itself");
    }
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

  /** About the file that the caller knows, not the one beside it. */
  private static FileSystemException named(Path file, FileSystemException e) {
    FileSystemException named =
        switch (e) {
          case NoSuchFileException _ ->
              new NoSuchFileException(file.toString(), null, "its folder does not exist");
          case FileAlreadyExistsException _ -> new FileAlreadyExistsException(file.toString());
          case AccessDeniedException _ -> new AccessDeniedException(file.toString());
          default -> new FileSystemException(file.toString(), null, reason(e));
        };
    named.initCause(e);
    return named;
  }

  private static String reason(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return "the thread was interrupted";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? "cannot be written" : e.getReason();
  }
}
