package org.resnet4j.core;

import java.lang.ref.Reference;
import java.util.Locale;
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
import org.resnet4j.core.backend.StackReserve;
import org.resnet4j.core.tensor.Shape;

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

  private final Plan plan;
  private final int maxBatch;
  private final boolean serial;
  // Permits always suffice for the open sessions: only a caller who found none idle gives one up.
  private final Semaphore permits;
  private final BooleanSupplier isShort;

  // Guarded by itself, as are the numbers. Of full length, since giving back must not allocate.
  private final @Nullable Lease[] idle;
  private int idleCount;

  /** Sessions that are open or being opened. */
  private int open;

  /**
   * Opens the first session.
   *
   * @param limit the most sessions, at least 1
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1 or its input exceeds an
   *     array
   * @throws InsufficientMemoryException if there is no memory for one session
   */
  SessionPool(Plan plan, int maxBatch, int limit) {
    this(plan, maxBatch, limit, HeapRoom::isShort, false);
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
      pool = new SessionPool(plan, maxBatch, plan.serialSessions(), HeapRoom::isShort, true);
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
      Lease lease = open(maxBatch);
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
    this(plan, maxBatch, limit, isShort, false);
  }

  private SessionPool(Plan plan, int maxBatch, int limit, BooleanSupplier isShort, boolean serial) {
    long largest = Math.max(plan.inputShape().size(), plan.outputShape().size());
    if (maxBatch < 1 || maxBatch > Integer.MAX_VALUE / largest) {
      throw new IllegalArgumentException(
          "maxBatch must lie between 1 and " + Integer.MAX_VALUE / largest + ", got " + maxBatch);
    }
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.serial = serial;
    this.permits = new Semaphore(limit, true);
    this.idle = new Lease[limit];
    this.isShort = isShort;
    this.idle[idleCount++] = openFirst();
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
        if (!retired) {
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

  /** Counts one session less, if others are left. */
  private boolean countRetired() {
    synchronized (idle) {
      if (open > 1) {
        open--;
        return true;
      }
      return false;
    }
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
      Thread.currentThread().interrupt();
      throw new RunCancelledException(RunCancelledException.Reason.INTERRUPTED);
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
    count(1); // before it opens, so that who fails meanwhile waits for it
    Lease lease = null;
    boolean counted = true;
    boolean others = false;
    try {
      lease = open(maxBatch);
      return lease;
    } catch (InsufficientMemoryException | OutOfMemoryError e) {
      counted = false;
      others = count(-1) > 0;
      if (!others) {
        throw e instanceof InsufficientMemoryException own ? own : insufficient();
      }
      return null;
    } finally {
      if (lease == null) {
        if (counted) {
          count(-1);
        }
        if (!others) {
          permits.release();
        }
      }
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

  /**
   * Counts some more sessions and says how many there are now: of several that fail, one is last.
   */
  private int count(int more) {
    synchronized (idle) {
      open += more;
      return open;
    }
  }

  private Lease openFirst() {
    try {
      return open(maxBatch);
    } catch (OutOfMemoryError _) {
      throw insufficient();
    }
  }

  private Lease open(int batch) {
    byte[] samples = new byte[serial ? 0 : batch * size(plan.inputShape())];
    float[] output = new float[batch * size(plan.outputShape())];
    Session session = serial ? plan.newSerialSession(batch) : plan.newSession(batch);
    return new Lease(session, samples, output);
  }

  private static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  private InsufficientMemoryException insufficient() {
    Runtime.getRuntime().gc(); // garbage would count as used
    long free = HeapRoom.free();
    long image = plan.inputShape().size() + plan.outputShape().size() * Float.BYTES;
    return new InsufficientMemoryException(
        String.format(
            Locale.ROOT,
            "a batch of %d needs %,d MB for its pictures and results beside the session's working"
                + " memory, %,d MB are left; the largest batch that may fit is %d (raise the heap with"
                + " -Xmx)",
            maxBatch,
            Math.ceilDiv(maxBatch * image, 1_000_000L),
            free / 1_000_000,
            largest()));
  }

  /**
   * The largest batch less than {@link #maxBatch} for which there is memory now, or 0; by trying,
   * with some of the heap held back for what opening, decoding and a call need beside it.
   */
  private int largest() {
    byte[] held;
    try {
      held = new byte[(int) HeapRoom.reserve()];
    } catch (OutOfMemoryError _) {
      return 0;
    }
    try {
      return largestThatOpens();
    } finally {
      Reference.reachabilityFence(held);
    }
  }

  private int largestThatOpens() {
    int fits = 0;
    int exceeds = maxBatch;
    while (exceeds - fits > 1) {
      int middle = (fits + exceeds) >>> 1;
      try {
        open(middle).session().close();
        fits = middle;
      } catch (InsufficientMemoryException | OutOfMemoryError _) {
        exceeds = middle;
      }
    }
    return fits;
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
      switch (first) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
    }
  }
}
