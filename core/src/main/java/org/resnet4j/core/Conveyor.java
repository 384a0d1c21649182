package org.resnet4j.core;

import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that several workers take in order and whose outcomes one consumer gets in the same
 * order. No more are on the way than there is room for: workers wait for a consumer who is slower.
 *
 * <p>Thread-safe.
 */
final class Conveyor<S, T> implements Feed<S, T> {
  /**
   * A picture's place in the order, counted. It names the next itself: a queue of the JDK's that
   * has no memory to grow may have the place all the same, which then no worker knows of.
   */
  private final class Ordered extends Place<S, T> {
    /** Null until it is known; guarded by the conveyor. */
    private @Nullable Outcome<S, T> outcome;

    /** What was taken next; guarded by the conveyor. */
    private @Nullable Ordered next;

    Ordered(S picture, int index) {
      super(picture, index);
    }

    @Override
    void put(Outcome<S, T> result) {
      synchronized (Conveyor.this) {
        outcome = result;
        Conveyor.this.notifyAll();
      }
    }

    /** What comes after it can have no answer either. */
    @Override
    boolean fail(Throwable reason) {
      return false;
    }
  }

  private final Iterator<? extends S> source;
  private final int room;

  /** Of whoever asks the source, which may take its time. */
  private final ReentrantLock asking = new ReentrantLock();

  // Guarded by this.
  private @Nullable Ordered first;
  private @Nullable Ordered last;
  private int onTheWay;
  private int taken;
  private boolean exhausted;
  private boolean closed;

  /** Why a worker ended; what is on the way may have no outcome. */
  private @Nullable Throwable failure;

  /** Why the source ended; what it gave before has its outcomes. */
  private @Nullable Throwable sourceFailure;

  /**
   * Nothing is on the way yet.
   *
   * @param source is asked by one worker at a time
   * @param room how many pictures may be on the way
   */
  Conveyor(Iterator<? extends S> source, int room) {
    this.source = source;
    this.room = room;
  }

  /**
   * Waits for room; who holds pictures already must not, since the consumer may be waiting for
   * those.
   */
  @Override
  public @Nullable Place<S, T> take(@Nullable Place<S, T> joined) throws InterruptedException {
    if (!reserve(joined == null)) {
      return null;
    }
    Place<S, T> place = null;
    try {
      asking.lockInterruptibly();
      try {
        place = ask();
      } finally {
        asking.unlock();
      }
      return place;
    } finally {
      if (place == null) {
        giveUp();
      }
    }
  }

  /** Without the source's lock, which those who hold pictures may need before there is room. */
  private synchronized boolean reserve(boolean patient) throws InterruptedException {
    while (patient && !isEnded() && onTheWay >= room) {
      wait();
    }
    if (isEnded() || onTheWay >= room) {
      return false;
    }
    onTheWay++;
    return true;
  }

  private synchronized void giveUp() {
    onTheWay--;
    notifyAll();
  }

  /** One at a time, so that places are in the source's order. */
  private @Nullable Place<S, T> ask() {
    synchronized (this) {
      if (isEnded()) {
        return null;
      }
    }
    try {
      boolean any = source.hasNext();
      return any ? add(source.next()) : end(null);
    } catch (Throwable e) {
      return end(e);
    }
  }

  private synchronized Place<S, T> add(S picture) {
    Ordered place = new Ordered(picture, taken++);
    if (last == null) {
      first = place;
    } else {
      last.next = place;
    }
    last = place;
    return place;
  }

  private synchronized @Nullable Place<S, T> end(@Nullable Throwable reason) {
    exhausted = true;
    sourceFailure = reason;
    notifyAll();
    return null;
  }

  private boolean isEnded() {
    return exhausted || closed || failure != null;
  }

  /** There are no outcomes for what that lane has taken; the first reason counts. */
  @Override
  public synchronized boolean fail(Throwable reason) {
    if (failure == null) {
      failure = reason;
    }
    notifyAll();
    return false;
  }

  /**
   * Waits for the next outcome. After the last, throws what the source threw, if it did; and what a
   * worker failed with, once an outcome is due that there will not be.
   *
   * @return null at the end, or if nobody wants them any more
   */
  synchronized @Nullable Outcome<S, T> next() throws InterruptedException {
    while (true) {
      Ordered due = first;
      if (closed) {
        return null;
      }
      if (due == null && exhausted) {
        if (sourceFailure != null) {
          throw thrown(sourceFailure);
        }
        return null;
      }
      if (due != null && due.outcome != null) {
        notifyAll(); // before the outcome can be lost by what that throws
        onTheWay--;
        first = due.next;
        last = first == null ? null : last;
        return due.outcome;
      }
      if (failure != null) {
        throw thrown(failure);
      }
      wait();
    }
  }

  /** Without a switch, which would be linked here, perhaps when there is no memory for it. */
  private static RuntimeException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
  }

  /** Nobody wants any more. */
  synchronized void close() {
    closed = true;
    first = null;
    last = null;
    notifyAll();
  }

  @Override
  public synchronized boolean isOver() {
    return closed;
  }

  /** Others come; what counts is how many pictures a second there are. */
  @Override
  public boolean isAlone() {
    return false;
  }
}
