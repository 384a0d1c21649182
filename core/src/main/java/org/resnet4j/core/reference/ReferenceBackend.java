package org.resnet4j.core.reference;

import java.lang.ref.Cleaner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.stack.StackReserve;

/** See {@link ReferenceBackendProvider}. */
final class ReferenceBackend implements Backend {
  private static final Cleaner CLEANER = Cleaner.create();

  private final int threads;
  private final ExecutorService pool;

  ReferenceBackend(int threads) {
    this.threads = threads;
    // A thread less than wanted, since callers work, too; and one at least that nobody needs.
    this.pool =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            Thread.ofPlatform().daemon().name("resnet4j-reference-", 0).factory());
    CLEANER.register(this, pool::shutdown);
  }

  /** How many compute a step. */
  int threads() {
    return threads;
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String device() {
    return "CPU, plain Java loops in double, " + threads + (threads == 1 ? " thread" : " threads");
  }

  @Override
  public Plan compile(Graph graph) {
    checkOpen();
    return new ReferencePlan(this, graph);
  }

  @Override
  public void close() {
    StackReserve.require(); // the pool's lock would stay with a thread that cannot go on
    pool.shutdown(); // close() would cancel runs of others if this thread is interrupted
  }

  void checkOpen() {
    if (pool.isShutdown()) {
      throw new IllegalStateException("the reference backend is closed");
    }
  }

  /** Runs {@code body} for 0 to {@code count - 1} in any order and returns when all are done. */
  void forEach(int count, IntConsumer body) {
    Job job = new Job(count, body);
    try {
      for (int helper = 1; helper < Math.min(threads, count); helper++) {
        pool.execute(job);
      }
    } catch (RejectedExecutionException | OutOfMemoryError _) {
      // The backend was closed during this run, or has no thread: it goes on without them.
    }
    try {
      job.run();
    } finally {
      job.finish();
    }
  }
}
