package org.resnet4j.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.tensor.Shape;

/**
 * Sessions of one plan with their buffers, opened on demand up to a limit and used again, the most
 * recent first. Where memory does not suffice for as many, the pool makes do with those it has.
 *
 * <p>Thread-safe, but for {@link #close}.
 */
final class SessionPool implements AutoCloseable {
  /** What a caller needs for a batch: NHWC samples, results, and the session between them. */
  record Lease(Session session, byte[] samples, float[] output) {}

  private final Plan plan;
  private final int maxBatch;
  // Permits always suffice for the open sessions: only a caller who found none idle gives one up.
  private final Semaphore permits;
  private final Deque<Lease> idle = new ArrayDeque<>();

  /**
   * Opens the first session.
   *
   * @param limit the most sessions, at least 1
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1 or its input exceeds an
   *     array
   * @throws InsufficientMemoryException if there is no memory for one session
   */
  SessionPool(Plan plan, int maxBatch, int limit) {
    long largest = Math.max(plan.inputShape().size(), plan.outputShape().size());
    if (maxBatch < 1 || maxBatch > Integer.MAX_VALUE / largest) {
      throw new IllegalArgumentException(
          "maxBatch must lie between 1 and " + Integer.MAX_VALUE / largest + ", got " + maxBatch);
    }
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.permits = new Semaphore(limit, true);
    idle.push(open());
  }

  /** A session for the caller alone, waited for if need be; {@link #giveBack} must follow. */
  Lease borrow() {
    while (true) {
      permits.acquireUninterruptibly();
      Lease lease = pollIdle();
      lease = lease != null ? lease : tryOpen();
      if (lease != null) {
        return lease;
      }
    }
  }

  /** Ends a {@link #borrow}. */
  void giveBack(Lease lease) {
    synchronized (idle) {
      idle.push(lease);
    }
    permits.release();
  }

  private @Nullable Lease pollIdle() {
    synchronized (idle) {
      return idle.poll();
    }
  }

  /** A new session; null if memory does not suffice, and then the caller's permit is gone. */
  private @Nullable Lease tryOpen() {
    boolean permitUsed = false;
    try {
      Lease lease = open();
      permitUsed = true;
      return lease;
    } catch (InsufficientMemoryException _) {
      permitUsed = true; // one session less for good, and a wait for one of the others
      return null;
    } finally {
      if (!permitUsed) {
        permits.release();
      }
    }
  }

  private Lease open() {
    byte[] samples = new byte[maxBatch * size(plan.inputShape())];
    float[] output = new float[maxBatch * size(plan.outputShape())];
    return new Lease(plan.newSession(maxBatch), samples, output);
  }

  private static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  /** Closes the sessions; none may be lent out. */
  @Override
  public void close() {
    for (Lease lease = pollIdle(); lease != null; lease = pollIdle()) {
      lease.session().close();
    }
  }
}
