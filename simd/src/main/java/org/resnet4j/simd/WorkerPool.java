package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
 * <p>{@code ticket} holds the job's number in its upper half and the next item in its lower half. A
 * worker claims an item by advancing it; that fails if the job has changed meanwhile, so a late
 * worker can never run an old task on a new job's item.
 */
final class WorkerPool implements Parallel, AutoCloseable {
  private static final int SPINS = 2_000;
  private static final long PARK_NANOS = 1_000_000_000;
  private static final long STRAGGLER_PARK_NANOS = 20_000;
  private static final int ITEM_BITS = 32;
  private static final long ITEM_MASK = (1L << ITEM_BITS) - 1;
  private static final long NONE_LEFT = Integer.MAX_VALUE;

  private final int threads;
  private final List<Worker> workers = new ArrayList<>();
  private final ReentrantLock busy = new ReentrantLock();
  private final AtomicLong ticket = new AtomicLong();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  // Written before the ticket that announces them.
  private int items;
  private Task task = (_, _) -> {};

  WorkerPool(int threads) {
    this.threads = threads;
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
    long job = (ticket.getAndUpdate(old -> old | NONE_LEFT) >>> ITEM_BITS) + 1;
    items = count;
    task = body;
    unfinished.set(count);
    ticket.set(job << ITEM_BITS);
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).wake();
    }
  }

  /** Runs items of the current job until none is left. */
  private void work(int worker) {
    while (true) {
      long seen = ticket.get();
      int count = items;
      Task body = task;
      int item = (int) (seen & ITEM_MASK);
      if (item >= count) {
        return;
      }
      if (ticket.compareAndSet(seen, seen + 1)) {
        try {
          body.run(item, worker);
        } catch (RuntimeException | Error e) {
          // For the job's caller, an error too: else it would take what is left for the result.
          failure.compareAndSet(null, e);
        } finally {
          unfinished.decrementAndGet();
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
        long job = ticket.get() >>> ITEM_BITS;
        if (job == done) {
          await(done);
        } else {
          work(id);
          done = job;
        }
      }
    }

    private void await(long done) {
      for (int spin = 0; spin < SPINS; spin++) {
        if (ticket.get() >>> ITEM_BITS != done || closed) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (ticket.get() >>> ITEM_BITS == done && !closed) {
        LockSupport.parkNanos(this, PARK_NANOS);
      }
      parked = false;
    }
  }
}
