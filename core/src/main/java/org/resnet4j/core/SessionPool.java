package org.resnet4j.core;

import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.stack.StackReserve;

/**
 * Sessions of one plan with their buffers, opened on demand up to a limit and used again, the most
 * recent first. Where memory does not suffice for as many, and for what calls need beside them, the
 * pool makes do with those it has.
 *
 * <p>Thread-safe.
 */
final class SessionPool implements AutoCloseable {
  /** What a caller needs for a batch: NHWC samples, results, and the session between them. */
  record Lease(Session session, byte[] samples, float[] output) {}

  private static final BooleanSupplier HEAP = new Heap();

  /** No lambda, which would be linked in a call that lacks memory. */
  private record Heap() implements BooleanSupplier {
    @Override
    public boolean getAsBoolean() {
      return HeapRoom.isShort();
    }
  }

  private final SessionOpener opener;
  // Permits always suffice for the open sessions: only a caller who found none idle gives one up.
  private final Semaphore permits;
  private final BooleanSupplier isShort;

  // Guarded by itself, as are the numbers. Of full length, since giving back must not allocate.
  private final @Nullable Lease[] idle;
  private int idleCount;

  private int open;
  private int opening;

  /**
   * Opens the first session.
   *
   * @param limit the most sessions, at least 1
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1 or its input exceeds an
   *     array
   * @throws InsufficientMemoryException if there is no memory for one session
   */
  SessionPool(Plan plan, int maxBatch, int limit) {
    this(plan, maxBatch, limit, HEAP);
  }

  /**
   * Of {@link Plan#newSerialSession}, for callers with samples of their own: as many as make use of
   * everything, all open.
   *
   * @return null if there is no memory for all of them and for what calls need beside them; fewer
   *     would leave threads without work
   */
  static @Nullable SessionPool serial(Plan plan, int maxBatch) {
    SessionPool pool = null;
    boolean fits = false;
    try {
      SessionOpener opener = new SessionOpener(plan, maxBatch, true);
      pool = new SessionPool(opener, plan.serialSessions(), HEAP);
      pool.openAll();
      fits = !HeapRoom.isShort();
    } catch (InsufficientMemoryException | OutOfMemoryError _) {
      // It does not fit.
    } finally {
      if (!fits && pool != null) {
        pool.close();
      }
    }
    return fits ? pool : null;
  }

  private void openAll() {
    while (idleCount < idle.length) {
      Lease lease = opener.open();
      synchronized (idle) {
        idle[idleCount++] = lease;
        open++;
      }
    }
  }

  /**
   * With another look at the memory, for tests.
   *
   * @param isShort whether calls lack memory if sessions take no more
   */
  SessionPool(Plan plan, int maxBatch, int limit, BooleanSupplier isShort) {
    this(new SessionOpener(plan, maxBatch, false), limit, isShort);
  }

  private SessionPool(SessionOpener opener, int limit, BooleanSupplier isShort) {
    this.opener = opener;
    this.permits = new Semaphore(limit, true);
    this.idle = new Lease[limit];
    this.isShort = isShort;
    this.idle[idleCount++] = openFirst(opener);
    this.open = 1;
  }

  /**
   * Lends a session for the time of {@code work}. One whose work ends with an error, such as {@link
   * OutOfMemoryError} or {@link StackOverflowError}, is not lent again: nobody knows what it was
   * halfway through. Nor is one that was opened beside others and finds in a run that it lacks
   * memory: the work then begins anew with another.
   *
   * @param work may be done again from its beginning
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   *     before a session is free
   * @throws InsufficientMemoryException if there is no memory for the only session
   */
  <T> T lend(Deadline deadline, Function<Lease, T> work) {
    while (true) {
      Lease lease = borrow(deadline);
      boolean sound = true;
      boolean retired = false;
      try {
        return work.apply(lease);
      } catch (InsufficientMemoryException e) {
        retired = countRetired();
        if (!retired && !awaitOpening()) {
          throw e;
        }
      } catch (Error e) {
        sound = false;
        throw e;
      } finally {
        if (retired) {
          lease.session().close(); // and its permit is gone: one session less for good
        } else if (sound) {
          giveBack(lease);
        } else {
          discard(lease);
        }
      }
    }
  }

  /** Counts one session less, if others are left, which one that is being opened may never be. */
  private boolean countRetired() {
    synchronized (idle) {
      if (open > 1) {
        open--;
        return true;
      }
      return false;
    }
  }

  /**
   * Waits while the only session shares the memory with one that is being opened.
   *
   * @return whether the memory may be another now
   */
  private boolean awaitOpening() {
    synchronized (idle) {
      boolean any = false;
      while (open == 1 && opening > 0) {
        any = true;
        try {
          idle.wait();
        } catch (InterruptedException _) {
          throw interrupted();
        }
      }
      return any || open > 1;
    }
  }

  private static RunCancelledException interrupted() {
    Thread.currentThread().interrupt();
    return new RunCancelledException(RunCancelledException.Reason.INTERRUPTED);
  }

  /** A session for the caller alone; {@link #giveBack} or {@link #discard} must follow. */
  Lease borrow(Deadline deadline) {
    while (true) {
      acquire(deadline);
      Lease lease = pollIdle();
      if (lease != null) {
        return lease;
      }
      lease = tryOpen();
      if (lease != null && isTooMuch() && countRetired()) {
        lease.session().close(); // and its permit is gone: one session less for good
      } else if (lease != null) {
        return lease;
      }
    }
  }

  private void acquire(Deadline deadline) {
    try {
      if (!permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        throw new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED);
      }
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  /** Ends a {@link #borrow}. */
  void giveBack(Lease lease) {
    synchronized (idle) {
      idle[idleCount++] = lease;
    }
    permits.release();
  }

  /**
   * Ends a {@link #borrow} of a session that is not to be used again. Another may be opened, but
   * not before the memory of this one is free.
   */
  void discard(Lease lease) {
    try {
      lease.session().close();
    } finally {
      synchronized (idle) {
        open--;
      }
      permits.release();
    }
  }

  private @Nullable Lease pollIdle() {
    synchronized (idle) {
      if (idleCount == 0) {
        return null;
      }
      Lease lease = idle[--idleCount];
      idle[idleCount] = null;
      return lease;
    }
  }

  /**
   * A new session; null if memory does not suffice, and then the caller's permit is gone: one
   * session less for good, and a wait for one of the others.
   *
   * @throws InsufficientMemoryException if there are no others
   */
  private @Nullable Lease tryOpen() {
    synchronized (idle) {
      opening++; // before it opens, so that who fails meanwhile waits for it
    }
    Lease lease = null;
    boolean lacksMemory = false;
    boolean others = false;
    try {
      lease = opener.open();
      return lease;
    } catch (InsufficientMemoryException | OutOfMemoryError e) {
      lacksMemory = true;
      others = countOpened(0);
      if (!others) {
        throw e instanceof InsufficientMemoryException own ? own : opener.insufficient();
      }
      return null;
    } finally {
      if (!lacksMemory) {
        countOpened(lease == null ? 0 : 1);
      }
      if (lease == null && !others) {
        permits.release();
      }
    }
  }

  /**
   * The end of an opening.
   *
   * @param more sessions that are open now
   * @return whether there are sessions, or some that are being opened: of several that fail, one is
   *     last
   */
  private boolean countOpened(int more) {
    synchronized (idle) {
      opening--;
      open += more;
      idle.notifyAll();
      return open + opening > 0;
    }
  }

  /** Whether calls lack the memory that a session has just taken, where it can be closed at all. */
  private boolean isTooMuch() {
    try {
      StackReserve.requireForCloses();
      return isShort.getAsBoolean();
    } catch (StackOverflowError _) {
      return false; // the call ends the same way, and gives the session back as any other does
    }
  }

  /**
   * Closes the sessions that are not lent out, for good, while others are left.
   *
   * @return whether there was one
   */
  boolean giveUpIdle() {
    StackReserve.requireForCloses();
    boolean any = false;
    while (permits.tryAcquire()) {
      Lease lease = pollIdle();
      if (lease == null) {
        permits.release();
        return any;
      }
      if (!countRetired()) {
        giveBack(lease);
        return any;
      }
      lease.session().close(); // and its permit is gone
      any = true;
    }
    return any;
  }

  private static Lease openFirst(SessionOpener opener) {
    try {
      return opener.open();
    } catch (OutOfMemoryError _) {
      throw opener.insufficient();
    }
  }

  /**
   * Closes the sessions, the others also if one fails; none may be lent out. Idempotent, and to be
   * repeated where it throws.
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // the JVM has some errors once, and none suppresses itself
  public void close() {
    StackReserve.requireForCloses();
    synchronized (idle) {
      Throwable first = null;
      int count = idleCount;
      idleCount = 0;
      for (int i = 0; i < count; i++) {
        Lease lease = Objects.requireNonNull(idle[i]);
        idle[i] = null;
        try {
          lease.session().close();
        } catch (RuntimeException | Error e) {
          idle[idleCount++] = lease;
          if (first == null) {
            first = e;
          } else if (first != e) {
            first.addSuppressed(e);
          }
        }
      }
      if (first instanceof Error e) {
        throw e;
      }
      if (first instanceof RuntimeException e) { // and no switch, which would be linked here
        throw e;
      }
    }
  }
}
