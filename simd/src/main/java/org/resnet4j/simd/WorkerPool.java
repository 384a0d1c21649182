package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.Parallel;

/**
 * A fixed set of threads that run the items of one job at a time, the caller among them. Starting
 * and ending a job allocates nothing.
 *
 * <p>Workers wait for the next job by spinning for a bounded time, since a network's steps follow
 * each other within microseconds, and then park, since an idle network must cost nothing. While one
 * caller's job runs, another caller does its items alone: throughput of many sessions does not
 * suffer, and none waits for another.
 *
 * <p>Each worker begins with its own range of consecutive items, the same share of every job, and
 * helps others when it is done. So where items follow the rows of an image, a core finds in its
 * cache what it wrote in the step before.
 *
 * <p>A range's ticket holds the job's number in its upper half and the next item in its lower half.
 * A worker claims an item by advancing it; that fails if the job has changed meanwhile, so a late
 * worker can never run an old task on a new job's item.
 */
final class WorkerPool implements Parallel, AutoCloseable {
  private static final int SPINS = 2_000;
  private static final long PARK_NANOS = 1_000_000_000;
  private static final long STRAGGLER_PARK_NANOS = 20_000;
  private static final int ITEM_BITS = 32;
  private static final long ITEM_MASK = (1L << ITEM_BITS) - 1;
  private static final long NONE_LEFT = Integer.MAX_VALUE;

  /** Between tickets, so that each has its own pair of cache lines. */
  private static final int TICKET_STRIDE = 16;

  private final int threads;
  private final List<Worker> workers = new ArrayList<>();
  private final ReentrantLock busy = new ReentrantLock();
  private final AtomicLongArray tickets;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  // Written before the tickets that announce them.
  private int items;
  private Task task = (_, _) -> {};

  WorkerPool(int threads) {
    this.threads = threads;
    this.tickets = new AtomicLongArray(threads * TICKET_STRIDE);
    for (int id = 1; id < threads; id++) {
      Worker worker = new Worker(id);
      workers.add(worker);
      worker.thread.start();
    }
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
    if (threads == 1 || count == 1 || busy.isHeldByCurrentThread() || !busy.tryLock()) {
      Parallel.SERIAL.run(count, body);
      return;
    }
    try {
      announce(count, body);
      work(0);
      awaitWorkers();
      rethrow(failure.getAndSet(null));
    } finally {
      busy.unlock();
    }
  }

  /**
   * For whoever starts a run of several jobs.
   *
   * @throws IllegalStateException if the pool is closed
   */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this backend is closed");
    }
  }

  private void announce(int count, Task body) {
    // Until the new job stands, no item of any job can be claimed: a late worker's claim on the old
    // ticket must fail.
    long job = 0;
    for (int worker = 0; worker < threads; worker++) {
      long old = tickets.getAndUpdate(worker * TICKET_STRIDE, ticket -> ticket | NONE_LEFT);
      job = (old >>> ITEM_BITS) + 1;
    }
    items = count;
    task = body;
    unfinished.set(count);
    for (int worker = 0; worker < threads; worker++) {
      tickets.set(worker * TICKET_STRIDE, job << ITEM_BITS | firstItem(worker, count));
    }
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).wake();
    }
  }

  private int firstItem(int worker, int count) {
    return (int) ((long) count * worker / threads);
  }

  /**
   * Runs items of the current job until none is left, beginning with the worker's own. They are
   * counted at the end: no other job begins before, and counters that change hands are slow.
   */
  private void work(int worker) {
    int done = 0;
    for (int i = 0; i < threads; i++) {
      int range = worker + i;
      done += workOn(range < threads ? range : range - threads, worker);
    }
    if (done > 0) {
      unfinished.addAndGet(-done);
    }
  }

  /** Returns how many items it has run. */
  private int workOn(int range, int worker) {
    int at = range * TICKET_STRIDE;
    int done = 0;
    while (true) {
      long seen = tickets.get(at);
      int end = firstItem(range + 1, items);
      Task body = task;
      int item = (int) (seen & ITEM_MASK);
      if (item >= end) {
        return done;
      }
      if (tickets.compareAndSet(at, seen, seen + 1)) {
        try {
          body.run(item, worker);
        } catch (RuntimeException | Error e) {
          // For the job's caller, an error too: else it would take what is left for the result.
          failure.compareAndSet(null, e);
        } finally {
          done++;
        }
      }
    }
  }

  private static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    } else if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void awaitWorkers() {
    for (int spin = 0; unfinished.get() > 0; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, STRAGGLER_PARK_NANOS); // a worker may have lost its core
      }
    }
  }

  /** Ends the threads; a job in flight finishes first. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      worker.wake();
    }
  }

  private final class Worker implements Runnable {
    private final int id;
    private final Thread thread;
    private volatile boolean parked;

    Worker(int id) {
      this.id = id;
      this.thread = new Thread(this, "resnet4j-simd-" + id);
      thread.setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      long done = 0;
      while (!closed) {
        long job = job();
        if (job == done) {
          await(done);
        } else {
          work(id);
          done = job;
        }
      }
    }

    private long job() {
      return tickets.get(id * TICKET_STRIDE) >>> ITEM_BITS;
    }

    private void await(long done) {
      for (int spin = 0; spin < SPINS; spin++) {
        if (job() != done || closed) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (job() == done && !closed) {
        LockSupport.parkNanos(this, PARK_NANOS);
      }
      parked = false;
    }
  }
}
