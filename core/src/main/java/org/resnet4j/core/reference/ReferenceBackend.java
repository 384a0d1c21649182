package org.resnet4j.core.reference;

import java.lang.ref.Cleaner;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.graph.Graph;

/** See {@link ReferenceBackendProvider}. */
final class ReferenceBackend implements Backend {
  private static final Cleaner CLEANER = Cleaner.create();

  private final int threads;
  private final ForkJoinPool pool;

  ReferenceBackend(int threads) {
    this.threads = threads;
    this.pool = new ForkJoinPool(threads);
    CLEANER.register(this, pool::shutdown);
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
    pool.shutdown(); // close() would cancel runs of others if this thread is interrupted
  }

  void checkOpen() {
    if (pool.isShutdown()) {
      throw new IllegalStateException("the reference backend is closed");
    }
  }

  /** Runs {@code body} for 0 to {@code count - 1} in any order and returns when all are done. */
  void forEach(int count, IntConsumer body) {
    ForkJoinTask<?> task;
    try {
      task = pool.submit(() -> IntStream.range(0, count).parallel().forEach(body));
    } catch (RejectedExecutionException e) {
      // The backend was closed during this run, which goes on without it.
      IntStream.range(0, count).forEach(body);
      return;
    }
    task.join();
  }
}
