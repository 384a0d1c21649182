package org.resnet4j.core;

import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.stack.StackReserve;

/**
 * A queue in front of a network, for many callers who have a picture each, such as the requests of
 * a service: threads of its own take what waits, the first to come first, decode, crop and run it
 * in batches, and hand the answers out. {@link Classifier#batcher} and {@link
 * FeatureExtractor#batcher} give one. Answers have the bits of single calls.
 *
 * <p>On a CPU each thread runs its own pictures, which gives the highest throughput; a picture that
 * comes when nobody else is there is run by all threads together, which gives the shortest wait.
 *
 * <p>How much waits is bounded: {@link #submit} throws when as many pictures wait as may, so that a
 * service that gets more than it can do says so at once, and those that wait keep a bounded wait.
 *
 * <p>Thread-safe; callers may be virtual threads.
 *
 * @param <S> what stands for a picture, such as its file or its bytes
 * @param <T> what a network makes of one
 */
public final class Batcher<S, T> implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final BatchQueue<S, T> queue;
  private final Workers workers;
  private final Cleaner.Cleanable end;

  /**
   * Starts the threads.
   *
   * @param lanes what they do, without a reference to this, so that they end when nobody can reach
   *     it
   */
  Batcher(BatchQueue<S, T> queue, List<? extends Runnable> lanes) {
    this.queue = queue;
    this.workers = new Workers("resnet4j-batcher-", lanes);
    queue.setLanes(lanes.size());
    this.end = CLEANER.register(this, new End(queue));
    try {
      workers.start();
    } catch (Throwable e) {
      end.clean();
      throw e;
    }
  }

  private record End(BatchQueue<?, ?> queue) implements Runnable {
    @Override
    public void run() {
      queue.close();
    }
  }

  /** {@link #submit(Object, Deadline)} without a deadline. */
  public CompletableFuture<T> submit(S picture) {
    return submit(picture, Deadline.NONE);
  }

  /**
   * Lines a picture up.
   *
   * <p>The future fails with an {@link org.resnet4j.core.image.ImageDecodeException} of a picture
   * that is not sound, a {@link NonFiniteResultException} where the network's result is not, what a
   * {@link PictureReader} of the caller's own threw (an interrupt that it leaves is forgotten), a
   * {@link org.resnet4j.core.backend.RunCancelledException} if the deadline passes before a thread
   * takes the picture, or an {@link IllegalStateException} if the classifier is closed. One that is
   * cancelled is not run, unless a thread has taken it. It is completed by the thread that has run
   * it, which what depends on it must not keep: {@code thenApplyAsync} and its like do not.
   *
   * @param deadline by which a thread must have taken it
   * @throws RejectedExecutionException if as many pictures wait as may; nothing is lined up then
   * @throws IllegalStateException if this is closed, or a thread has found the classifier closed
   */
  public CompletableFuture<T> submit(S picture, Deadline deadline) {
    Objects.requireNonNull(picture, "picture");
    Objects.requireNonNull(deadline, "deadline");
    StackReserve.require(); // it may have to end others' waiting
    return queue.add(picture, deadline);
  }

  /** How many pictures wait for a thread, which is a measure of the load. */
  public int waiting() {
    return queue.size();
  }

  /** How many of its threads wait for pictures, for tests. */
  int idle() {
    return queue.idleLanes();
  }

  /**
   * Takes in no more, and returns when all that was taken in has its answer. Idempotent; may be
   * called from any thread. On a thread of its own, where what depends on an answer may call it, it
   * does not wait: that thread has answers to give. Two batchers or streams whose threads close
   * each other at the same time wait for each other.
   */
  @Override
  public void close() {
    StackReserve.require();
    queue.close(); // a Cleanable that throws halfway does nothing the next time
    end.clean();
    workers.join();
  }
}
