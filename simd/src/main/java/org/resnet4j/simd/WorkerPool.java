package org.resnet4j.simd;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.simd.kernel.layout.Parallel;

/**
 * A fixed set of threads that run the items of one job at a time, the caller among them. Starting
 * and ending a job allocates nothing.
 *
 * <p>While one caller's job runs, another caller does its items alone: throughput of many sessions
 * does not suffer, and none waits for another.
 *
 * <p>The threads know the {@link Crew} only: they end when the pool is closed or when nobody can
 * reach it any more.
 */
public final class WorkerPool implements Parallel, AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  // A handle would be linked at its first use, which may be at the end of a caller's stack.
  private static final AtomicReferenceFieldUpdater<WorkerPool, @Nullable Thread> OWNER =
      AtomicReferenceFieldUpdater.newUpdater(WorkerPool.class, Thread.class, "owner");

  /** Initialised with this class, for the same reason. */
  private static final Parallel ALONE = Parallel.SERIAL;

  private final int threads;
  private final Crew crew;
  private final Cleaner.Cleanable end;

  /** Whose job runs. */
  private volatile @Nullable Thread owner;

  /**
   * Starts the threads.
   *
   * @param threads at least 1, the caller's among them
   * @throws IllegalArgumentException if there are fewer
   */
  public WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + threads);
    }
    this.threads = threads;
    this.crew = new Crew(threads);
    this.end = CLEANER.register(this, crew::close);
    crew.start();
  }

  @Override
  public int threads() {
    return threads;
  }

  /** See {@link Parallel#run}; when the pool is closed, the caller does all items. */
  @Override
  public void run(int count, Task body) {
    if (count <= 0) {
      return;
    }
    Thread caller = Thread.currentThread();
    if (threads == 1 || count == 1 || owner == caller || !runTogether(count, body, caller)) {
      ALONE.run(count, body);
    }
  }

  /** Returns whether it ran the job, which it does not while another one runs. */
  private boolean runTogether(int count, Task body, Thread caller) {
    boolean done = false;
    try {
      if (!OWNER.compareAndSet(this, null, caller)) {
        return false;
      }
      crew.run(count, body);
      done = true;
      return true;
    } finally {
      // Whatever was thrown wherever, the next job may begin only when no worker is left in this
      // one. No method is called from here on: at the end of the stack that would throw again.
      if (owner == caller) {
        if (!done) {
          for (Crew.Range range : crew.ranges) {
            range.ticket |= Crew.NONE_LEFT;
          }
          for (Crew.Range range : crew.ranges) {
            while (range.active) {}
          }
          crew.failure = null;
        }
        crew.task = Crew.NOTHING;
        owner = null;
      }
    }
  }

  /**
   * For whoever starts a run of several jobs.
   *
   * @throws IllegalStateException if the pool is closed
   */
  void checkOpen() {
    if (crew.isClosed()) {
      throw new IllegalStateException("this backend is closed");
    }
  }

  /** Ends the threads; a job in flight finishes first. */
  @Override
  public void close() {
    StackReserve.require(); // a Cleanable that throws halfway does nothing the next time
    end.clean();
  }
}
