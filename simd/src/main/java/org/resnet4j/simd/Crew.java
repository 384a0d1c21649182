package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.Parallel.Task;

/**
 * The threads of a {@link WorkerPool} and the job they share with its caller, who is worker 0.
 *
 * <p>Workers wait for the next job by spinning for a bounded time, since a network's steps follow
 * each other within microseconds, and then park, since an idle network must cost nothing.
 *
 * <p>Each worker begins with its own range of consecutive items, the same share of every job, and
 * helps others when it is done. So where items follow the rows of an image, a core finds in its
 * cache what it wrote in the step before.
 *
 * <p>A range's ticket holds the job's number in its upper half and the next item in its lower half.
 * A worker claims an item by advancing it; that fails if the job has changed meanwhile, so a late
 * worker can never run an old task on a new job's item.
 *
 * <p>Nothing here refers to the pool between two jobs, so that it can be found to be abandoned.
 */
final class Crew {
  /** The lower half of a ticket of which no item can be claimed. */
  static final long NONE_LEFT = Integer.MAX_VALUE;

  static final Task NOTHING = (_, _) -> {};

  /**
   * More than a step of most networks takes: a thread that is ahead of the others must not have
   * been parked when the next job begins, since to wake it takes tens of microseconds.
   */
  private static final long SPIN_NANOS = 500_000;

  /** Where threads have to take turns on the processors, who waits keeps another from working. */
  private static final long SHORT_SPIN_NANOS = 20_000;

  /** Spins between two looks at the clock. */
  private static final int SPINS = 64;

  private static final long PARK_NANOS = 1_000_000_000;
  private static final long STRAGGLER_PARK_NANOS = 20_000;
  private static final int ITEM_BITS = 32;
  private static final long ITEM_MASK = (1L << ITEM_BITS) - 1;

  /** By worker. */
  final Range[] ranges;

  /** What a worker has thrown in the job that runs. */
  volatile @Nullable Throwable failure;

  // Written before the tickets that announce them.
  Task task = NOTHING;
  private int items;

  private final int threads;
  private final long spinNanos;
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicInteger parked = new AtomicInteger();
  private long job;
  private volatile boolean closed;

  Crew(int threads) {
    this.threads = threads;
    this.spinNanos =
        threads <= Runtime.getRuntime().availableProcessors() ? SPIN_NANOS : SHORT_SPIN_NANOS;
    this.ranges = new Range[threads];
    Arrays.setAll(ranges, _ -> new Range());
    for (int id = 1; id < threads; id++) {
      workers.add(new Worker(id));
    }
  }

  /**
   * Starts the threads.
   *
   * @throws OutOfMemoryError if there can be no more threads; those started so far end
   */
  void start() {
    boolean started = false;
    try {
      workers.forEach(worker -> worker.thread.start());
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends the threads; a job in flight finishes first. */
  void close() {
    closed = true;
    workers.forEach(worker -> LockSupport.unpark(worker.thread));
  }

  /**
   * Runs a job, of which a single thread at a time may have one. After a throw, workers may still
   * be in it.
   */
  void run(int count, Task body) {
    announce(count, body);
    work(0);
    awaitWorkers();
    Crew.<RuntimeException>rethrow(failure);
  }

  private void announce(int count, Task body) {
    // Until the new job stands, no item of any job can be claimed: a late worker's claim on the old
    // ticket must fail.
    for (Range range : ranges) {
      range.ticket |= NONE_LEFT;
    }
    if (failure != null) {
      failure = null; // of a late worker that failed without an item
    }
    job++;
    items = count;
    task = body;
    unfinished.set(count);
    for (int worker = 0; worker < threads; worker++) {
      ranges[worker].ticket = job << ITEM_BITS | firstItem(worker, count);
    }
    if (parked.get() > 0) {
      for (int i = 0; i < workers.size(); i++) {
        workers.get(i).wake();
      }
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
  private int workOn(int index, int worker) {
    Range range = ranges[index];
    int done = 0;
    while (true) {
      long seen = range.ticket;
      int end = firstItem(index + 1, items);
      Task body = task;
      int item = (int) (seen & ITEM_MASK);
      if (item >= end) {
        return done;
      }
      if (Range.TICKET.compareAndSet(range, seen, seen + 1)) {
        body.run(item, worker);
        done++;
      }
    }
  }

  /** Throws what an item threw, checked or not. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void rethrow(@Nullable Throwable thrown) throws T {
    if (thrown != null) {
      throw (T) thrown;
    }
  }

  /** Until all items are done, or one never will be. */
  private void awaitWorkers() {
    long begin = System.nanoTime();
    boolean late = false;
    for (int spin = 1; unfinished.get() > 0 && failure == null; spin++) {
      late |= spin % SPINS == 0 && System.nanoTime() - begin > spinNanos;
      if (late) {
        LockSupport.parkNanos(this, STRAGGLER_PARK_NANOS); // a worker may have lost its core
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** Keeps the fields of a subclass on cache lines of their own. */
  @SuppressWarnings("unused")
  abstract static class Padding {
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
    private long p15;
  }

  /** Items of a job that one worker begins with, and whether that worker may be in a job. */
  static final class Range extends Padding {
    private static final AtomicLongFieldUpdater<Range> TICKET =
        AtomicLongFieldUpdater.newUpdater(Range.class, "ticket");

    volatile long ticket;
    volatile boolean active;
  }

  private final class Worker implements Runnable {
    private final int id;
    private final Thread thread;
    private volatile boolean waiting;

    Worker(int id) {
      this.id = id;
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("resnet4j-simd-" + id)
              .inheritInheritableThreadLocals(false)
              .unstarted(this);
    }

    void wake() {
      if (waiting) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      long done = 0;
      while (!closed) {
        long seen = job();
        if (seen == done) {
          await(done);
        } else {
          take();
          done = seen;
        }
      }
    }

    /** What is thrown is for the job's caller, who would else take what is left for the result. */
    private void take() {
      Range own = ranges[id];
      own.active = true;
      try {
        work(id);
      } catch (Throwable e) { // a checked one, too: not every language declares them
        failure = e;
      } finally {
        own.active = false;
      }
    }

    private long job() {
      return ranges[id].ticket >>> ITEM_BITS;
    }

    private void await(long done) {
      long begin = System.nanoTime();
      for (int spin = 1; spin % SPINS != 0 || System.nanoTime() - begin <= spinNanos; spin++) {
        if (job() != done || closed) {
          return;
        }
        Thread.onSpinWait();
      }
      waiting = true;
      parked.incrementAndGet();
      while (job() == done && !closed) {
        LockSupport.parkNanos(this, PARK_NANOS);
        Thread.interrupted(); // by a thread group's owner: with it no park would last
      }
      parked.decrementAndGet();
      waiting = false;
    }
  }
}
