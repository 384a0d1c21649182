package org.resnet4j.core.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Models of the Hugging Face hub in the cache of its own Python library, which either finds what
 * the other has fetched.
 *
 * <p>Of a model's files those are fetched that {@code PretrainedModel.load} reads: weights, in
 * parts where there are some, {@code config.json} and {@code preprocessor_config.json}. Each is
 * compared in size and hash with what the hub promises before it gets its name; a download that
 * broke off goes on where it ended, also in another process. The network is used by {@link #pull}
 * and, for what is not here, by {@link #get}; never otherwise.
 *
 * <p>Thread-safe. A model is fetched once on a machine at a time; who wants it meanwhile waits.
 */
public final class Hub {
  /**
   * The locks that threads of this JVM hold or ask for. A file lock is of the whole JVM, and gone
   * as soon as it closes the file once.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private static final Duration POLL = Duration.ofMillis(200);

  private final HubSettings settings;
  private final Patience patience;
  private final @Nullable SSLContext trust;

  /** A hub that is not asked anything yet. */
  public Hub(HubSettings settings) {
    this(settings, Patience.USUAL, null);
  }

  Hub(HubSettings settings, Patience patience, @Nullable SSLContext trust) {
    this.settings = settings;
    this.patience = patience;
    this.trust = trust;
  }

  /**
   * The folder of a model that is here with all that belongs to it; asks no network.
   *
   * @throws IOException if the cache cannot be read
   */
  public Optional<Path> find(HubModel model) throws IOException {
    CachedModel cache = CachedModel.of(settings.cache(), model);
    Optional<String> commit = cache.commit(model);
    // Offline, what others have fetched without a configuration is better than nothing.
    return commit.isPresent()
            && (cache.isComplete(commit.get())
                || (settings.offline() && cache.hasWeights(commit.get())))
        ? Optional.of(cache.snapshot(commit.get()))
        : Optional.empty();
  }

  /**
   * The folder of a model, which is fetched if it is not here; what is here is not compared with
   * the hub's newest state.
   *
   * @throws HubException if it is not here and cannot be fetched
   * @throws IOException if the cache cannot be read or written
   */
  public Path get(HubModel model, HubListener listener) throws IOException {
    Optional<Path> here = find(model);
    return here.isPresent() ? here.get() : pull(model, listener).folder();
  }

  /**
   * Fetches what is not here of a model's newest state.
   *
   * @throws HubException if it cannot be fetched; what came is kept if it may be used later
   * @throws IOException if the cache cannot be read or written
   */
  public PulledModel pull(HubModel model, HubListener listener) throws IOException {
    if (settings.offline()) {
      throw new HubException(
          model.toString(),
          "is not in " + settings.cache() + ", and HF_HUB_OFFLINE forbids to fetch it",
          "fetch it where there is a network, or unset HF_HUB_OFFLINE");
    }
    CachedModel cache = CachedModel.of(settings.cache(), model);
    Path locks = settings.cache().resolve(".locks").resolve(cache.folder().getFileName());
    try {
      // A cache may be reached by several names, and the file is one.
      Path file = Files.createDirectories(locks).toRealPath().resolve("resnet4j.lock");
      return fetch(model, cache, file, listener);
    } catch (FileSystemException e) {
      throw new HubException(
          model.toString(),
          "the cache cannot be used: %s (%s)".formatted(e.getFile(), reason(e)),
          "look at what is there, make room or check its permissions, or name another folder with"
              + " HF_HOME",
          e);
    }
  }

  private PulledModel fetch(HubModel model, CachedModel cache, Path file, HubListener listener)
      throws IOException {
    long start = System.nanoTime();
    waitFor(() -> OURS.add(file), "another thread", start, model, listener);
    try (FileChannel lock =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ, // with which a pipe is not waited for
                StandardOpenOption.WRITE);
        HubConnection connection = new HubConnection(model, settings, patience, trust)) {
      waitFor(() -> isLocked(lock), "another process", start, model, listener);
      return new Pull(model, settings, connection, patience, cache, listener).run();
    } finally {
      OURS.remove(file);
    }
  }

  /** Tries to lock. */
  @FunctionalInterface
  private interface Attempt {
    boolean succeeds() throws IOException;
  }

  /** Who else fetches the model has it all when the lock is free. */
  private void waitFor(
      Attempt lock, String holder, long start, HubModel model, HubListener listener)
      throws IOException {
    while (!lock.succeeds()) {
      listener.waiting();
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HubException(model.toString(), "the wait was interrupted", "try again", e);
      }
      if (System.nanoTime() - start > patience.other().toNanos()) {
        throw new HubException(
            model.toString(),
            holder + " has been fetching it for " + patience.other().toMinutes() + " minutes",
            "wait for it, or end it");
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // somebody else's in this JVM, such as this class of another loader
    }
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case FileAlreadyExistsException _ -> "it is there, and no folder";
      case NoSuchFileException _ -> "it is not there";
      case DirectoryNotEmptyException _ -> "it is a folder";
      case AccessDeniedException _ -> "access is denied";
      default -> e.getReason() == null ? "it cannot be written" : e.getReason();
    };
  }
}
