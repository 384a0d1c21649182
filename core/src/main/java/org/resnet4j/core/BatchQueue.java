package org.resnet4j.core;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;

/**
 * Pictures of many callers, the first to come the first to be taken. What was taken in has an
 * answer in the end, though memory may be short at any time: nothing is allocated between the two.
 * Thread-safe.
 */
final class BatchQueue<S, T> implements Feed<S, T> {
  /** Between attempts at what memory is short for. */
  private static final long PAUSE_MILLIS = 1;

  /** A caller's picture, in the queue or in a list of those that have left it. */
  private static final class Waiting<S, T> extends Place<S, T> {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final Deadline deadline;
    private final long since = System.nanoTime();
    private @Nullable Waiting<S, T> next;

    /** What its caller's deadline has thrown. */
    private @Nullable Throwable broken;

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

    /** Until it is done: a future needs some bytes for a failure. */
    @Override
    boolean fail(Throwable reason) {
      while (true) {
        try {
          answer.completeExceptionally(reason);
          return true;
        } catch (OutOfMemoryError _) {
          pause();
        }
      }
    }

    /** Whether its caller wants it no more. */
    boolean isGone() {
      try {
        return answer.isDone() || deadline.passed();
      } catch (StackOverflowError _) {
        return false; // of whoever asks, and no matter of the picture
      } catch (Throwable e) {
        broken = e;
        return true;
      }
    }

    /** Tells the caller whose time is over; what that starts must not run inside the queue. */
    void end() {
      Throwable reason = broken;
      if (reason == null) {
        try {
          reason = new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED);
        } catch (Throwable e) {
          reason = e;
        }
      }
      fail(reason);
    }
  }

  private final String closedMessage;
  private final String fullMessage;
  private final int mostWaiting;
  private final long longestNanos;

  // Guarded by this. The JDK's queues allocate to add, and some forget what they held if that
  // fails.
  private @Nullable Waiting<S, T> first;
  private @Nullable Waiting<S, T> last;
  private int size;

  /** Whether its pictures' clocks are asked, which are callers' code and might submit. */
  private boolean searched;

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
      for (Waiting<S, T> gone = takeGone(); gone != null; gone = gone.next) {
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
    if (size >= mostWaiting || searched) {
      return false;
    }
    if (last == null) {
      first = waiting;
    } else {
      last.next = waiting;
    }
    last = waiting;
    size++;
    notifyAll();
    return true;
  }

  private synchronized @Nullable Waiting<S, T> removeFirst() {
    Waiting<S, T> removed = first;
    if (removed != null) {
      first = removed.next;
      last = first == null ? null : last;
      size--;
      removed.next = null;
    }
    return removed;
  }

  /** Those whom nobody wants any more, as a list; the others stay in their order. */
  private synchronized @Nullable Waiting<S, T> takeGone() {
    if (searched) {
      return null;
    }
    searched = true;
    try {
      return unlinkGone();
    } finally {
      searched = false;
    }
  }

  private @Nullable Waiting<S, T> unlinkGone() {
    Waiting<S, T> gone = null;
    Waiting<S, T> before = null;
    Waiting<S, T> each = first;
    while (each != null) {
      Waiting<S, T> following = each.next;
      if (each.isGone()) {
        if (before == null) {
          first = following;
        } else {
          before.next = following;
        }
        size--;
        each.next = gone;
        gone = each;
      } else {
        before = each;
      }
      each = following;
    }
    last = before;
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
    return size;
  }

  @Override
  public @Nullable Place<S, T> take(@Nullable Place<S, T> joined) {
    Waiting<S, T> next = poll(joined);
    while (next != null && next.isGone()) {
      next.end();
      next = poll(joined);
    }
    return next;
  }

  private synchronized @Nullable Waiting<S, T> poll(@Nullable Place<S, T> joined) {
    if (joined == null) {
      idleLanes++;
    }
    try {
      while (true) {
        Waiting<S, T> next = removeFirst();
        if (next != null || closed) {
          return next;
        }
        try {
          if (joined == null) {
            wait();
          } else if (!waitFor((Waiting<S, T>) joined)) {
            return null;
          }
        } catch (InterruptedException _) {
          // Of a thread that nobody has a reason to interrupt: others' pictures still come.
        }
      }
    } finally {
      if (joined == null) {
        idleLanes--;
      }
    }
  }

  /** Returns false if the first of a batch has waited for long enough. */
  private boolean waitFor(Waiting<S, T> joined) throws InterruptedException {
    long nanos = longestNanos - (System.nanoTime() - joined.since);
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
    return idleLanes == lanes - 1 && size == 0;
  }

  /** Nobody who waits can have an answer, unless memory is only short for now. */
  @Override
  public boolean fail(Throwable reason) {
    if (reason instanceof OutOfMemoryError) {
      pause();
      return true;
    }
    synchronized (this) {
      closed = true;
      failure = failure == null ? reason : failure;
      notifyAll();
    }
    for (Waiting<S, T> left = removeFirst(); left != null; left = removeFirst()) {
      left.fail(reason);
    }
    return false;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException | OutOfMemoryError _) {
      // Of a thread that nobody has a reason to interrupt; then without a pause.
    }
  }

  /** Takes in no more; lanes end when they have taken what is here. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
