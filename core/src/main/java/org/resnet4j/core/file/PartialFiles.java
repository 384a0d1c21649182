package org.resnet4j.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is being written. The process is asked to delete it, for as long as there is any: what it
 * calls at its end would keep this class, and with it the loader of an application that has been
 * ended.
 */
final class PartialFiles {
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  // Guarded by this; null as soon as the process ends.
  private @Nullable Set<Path> paths = new HashSet<>();
  private @Nullable Thread hook;

  synchronized FileChannel create(Path partial, FileAttribute<?>... attributes) throws IOException {
    if (paths == null) {
      throw new ProcessEndingException();
    }
    if (hook == null) {
      hook = hooked();
    }
    boolean made = false;
    paths.add(partial);
    try {
      FileChannel channel = FileChannel.open(partial, NEW, attributes);
      made = true;
      return channel;
    } finally {
      if (!made) {
        forget(paths, partial);
      }
    }
  }

  private Thread hooked() throws IOException {
    Thread thread =
        Thread.ofPlatform()
            .name("resnet4j-partial-files")
            .inheritInheritableThreadLocals(false) // nor the first caller's class loader
            .unstarted(this::deleteAll);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException _) {
      throw new ProcessEndingException();
    }
    return thread;
  }

  synchronized void delete(Path partial) throws IOException {
    if (paths == null || !paths.contains(partial)) {
      return; // or it was never made, and another fault is to be told
    }
    forget(paths, partial);
    Files.deleteIfExists(partial);
  }

  private void forget(Set<Path> known, Path partial) {
    known.remove(partial);
    if (known.isEmpty() && hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
        hook = null;
      } catch (IllegalStateException _) {
        // The process is ending, and the hook about to run.
      }
    }
  }

  private synchronized void deleteAll() {
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
