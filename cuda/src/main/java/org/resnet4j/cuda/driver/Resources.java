package org.resnet4j.cuda.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Objects that are closed together, the last made first. Serves one thread at a time. */
public final class Resources implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Closes {@code resource} with the others, unless {@link #release} does before. */
  public <R extends AutoCloseable> R own(R resource) {
    open.push(resource);
    return resource;
  }

  /** Closes {@code resource} now, if it is still owned. */
  public void release(AutoCloseable resource) {
    if (open.remove(resource)) {
      rethrow(close(resource, null));
    }
  }

  /** Closes all, the others also if one of them fails, whose exception is thrown. Idempotent. */
  @Override
  public void close() {
    Throwable failure = null;
    while (!open.isEmpty()) {
      failure = close(open.pop(), failure);
    }
    rethrow(failure);
  }

  @SuppressWarnings("ReferenceEquality") // the same object, which cannot be added to itself
  private static @Nullable Throwable close(AutoCloseable resource, @Nullable Throwable earlier) {
    try {
      resource.close();
      return earlier;
    } catch (Throwable e) { // an error too leaves the others to be closed
      if (earlier == null) {
        return e;
      }
      if (e != earlier) { // the JVM has some errors once
        earlier.addSuppressed(e);
      }
      return earlier;
    }
  }

  private static void rethrow(@Nullable Throwable failure) {
    if (failure != null) {
      throw Failures.<RuntimeException>sneaked(failure);
    }
  }
}
