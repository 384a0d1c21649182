package org.resnet4j.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;

/** Pictures of many callers, the first to come the first to be taken. Thread-safe. */
final class BatchQueue<S, T> implements Feed<S, T> {
  /** A caller's picture. */
  private static final class Waiting<S, T> extends Place<S, T> {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final Deadline deadline;
    private final long since = System.nanoTime();

    Waiting(S picture, Deadline deadline) {
      super(picture, 0);
      this.deadline = deadline;
    }

    @Override
    void put(Outcome<S, T> outcome) {
      if (outcome instanceof Outcome.Answered<S, T> answered) {
        answer.complete(answered.answer());
      } else if (outcome instanceof Outcome.Failed<S, T> failed) {
        answer.completeExceptionally(failed.cause());
      }
    }

    @Override
    boolean fail(Throwable reason) {
      answer.completeExceptionally(reason);
      return true;
    }

    /** Whether its caller wants it no more. */
    boolean isGone() {
      return answer.isDone() || deadline.passed();
    }

    /** Tells the caller whose time is over; what that starts must not run inside the queue. */
    void end() {
      fail(new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED));
    }
  }

  private final String closedMessage;
  private final String fullMessage;
  private final int mostWaiting;
  private final long longestNanos;

  // Guarded by this.
  private final Queue<Waiting<S, T>> queue = new ArrayDeque<>();
  private int lanes = 1;
  private int idleLanes;
  private boolean closed;
  private @Nullable Throwable failure;

  /**
   * Nobody waits.
   *
   * @param what messages call what it belongs to
   * @param mostWaiting pictures that no lane has taken
   * @param longestNanos that the first picture of a batch waits for others
   * @throws IllegalArgumentException if {@code mostWaiting} is less than 1
   */
  BatchQueue(String what, int mostWaiting, long longestNanos) {
    if (mostWaiting < 1) {
      throw new IllegalArgumentException("mostWaiting must be at least 1, got " + mostWaiting);
    }
    this.closedMessage = "this " + what + " is closed";
    this.fullMessage = mostWaiting + " pictures are waiting, and no more may; come again later";
    this.mostWaiting = mostWaiting;
    this.longestNanos = longestNanos;
  }

  /**
   * Takes a picture in.
   *
   * @throws RejectedExecutionException if as many wait as may
   * @throws IllegalStateException if this is closed
   */
  CompletableFuture<T> add(S picture, Deadline deadline) {
    Waiting<S, T> waiting = new Waiting<>(picture, deadline);
    if (!tryAdd(waiting)) {
      for (Waiting<S, T> gone : takeGone()) {
        gone.end();
      }
      if (!tryAdd(waiting)) {
        throw new RejectedExecutionException(fullMessage);
      }
    }
    return waiting.answer;
  }

  private synchronized boolean tryAdd(Waiting<S, T> waiting) {
    if (closed) {
      throw new IllegalStateException(
          failure == null
              ? closedMessage
              : Objects.requireNonNullElse(failure.getMessage(), failure.toString()),
          failure);
    }
    if (queue.size() >= mostWaiting) {
      return false;
    }
    queue.add(waiting);
    notifyAll();
    return true;
  }

  private synchronized List<Waiting<S, T>> takeGone() {
    List<Waiting<S, T>> gone = new ArrayList<>();
    Iterator<Waiting<S, T>> all = queue.iterator();
    while (all.hasNext()) {
      Waiting<S, T> each = all.next();
      if (each.isGone()) {
        gone.add(each);
        all.remove();
      }
    }
    return gone;
  }

  /** How many lanes take from it. */
  synchronized void setLanes(int count) {
    lanes = count;
  }

  synchronized int idleLanes() {
    return idleLanes;
  }

  /** How many pictures no lane has taken. */
  synchronized int size() {
    return queue.size();
  }

  @Override
  public @Nullable Place<S, T> take(@Nullable Place<S, T> first) {
    Waiting<S, T> next = poll(first);
    while (next != null && next.isGone()) {
      next.end();
      next = poll(first);
    }
    return next;
  }

  private synchronized @Nullable Waiting<S, T> poll(@Nullable Place<S, T> first) {
    if (first == null) {
      idleLanes++;
    }
    try {
      while (true) {
        Waiting<S, T> next = queue.poll();
        if (next != null || closed) {
          return next;
        }
        try {
          if (first == null) {
            wait();
          } else if (!waitFor((Waiting<S, T>) first)) {
            return null;
          }
        } catch (InterruptedException _) {
          // Of a thread that nobody has a reason to interrupt: others' pictures still come.
        }
      }
    } finally {
      if (first == null) {
        idleLanes--;
      }
    }
  }

  /** Returns false if the first of a batch has waited for long enough. */
  private boolean waitFor(Waiting<S, T> first) throws InterruptedException {
    long nanos = longestNanos - (System.nanoTime() - first.since);
    if (nanos <= 0) {
      return false;
    }
    TimeUnit.NANOSECONDS.timedWait(this, nanos);
    return true;
  }

  /** What was taken is to be finished, whatever happens. */
  @Override
  public boolean isOver() {
    return false;
  }

  @Override
  public synchronized boolean isAlone() {
    return idleLanes == lanes - 1 && queue.isEmpty();
  }

  /** Nobody who waits can have an answer. */
  @Override
  public void fail(Throwable reason) {
    Queue<Waiting<S, T>> left;
    synchronized (this) {
      closed = true;
      failure = failure == null ? reason : failure;
      left = new ArrayDeque<>(queue);
      queue.clear();
      notifyAll();
    }
    for (Waiting<S, T> each : left) {
      each.fail(reason);
    }
  }

  /** Takes in no more; lanes end when they have taken what is here. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
