package org.resnet4j.core;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that several workers take in order and whose outcomes one consumer gets in the same
 * order. No more are on the way than there is room for: workers wait for a consumer who is slower.
 *
 * <p>Thread-safe.
 */
final class Conveyor<S, T> {
  /** A picture's place in the order. */
  static final class Place<S, T> {
    private final S picture;
    private final int index;

    /** Null until it is known; guarded by the conveyor. */
    private @Nullable Outcome<S, T> outcome;

    private Place(S picture, int index) {
      this.picture = picture;
      this.index = index;
    }

    S picture() {
      return picture;
    }

    /** How many pictures come before it. */
    int index() {
      return index;
    }
  }

  private final Iterator<? extends S> source;
  private final int room;

  /** Of whoever asks the source, which may take its time. */
  private final ReentrantLock asking = new ReentrantLock();

  // Guarded by this.
  private final Queue<Place<S, T>> places = new ArrayDeque<>();
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
   * Takes the next picture; {@link #put} of its outcome must follow.
   *
   * @param patient whether to wait for room; who holds pictures already must not, since the
   *     consumer may be waiting for those
   * @return null if there is no room, none is left, or nobody wants them any more
   */
  @Nullable Place<S, T> take(boolean patient) throws InterruptedException {
    if (!reserve(patient)) {
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
    while (patient && !isOver() && onTheWay >= room) {
      wait();
    }
    if (isOver() || onTheWay >= room) {
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
      if (isOver()) {
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
    Place<S, T> place = new Place<>(picture, taken++);
    places.add(place);
    return place;
  }

  private synchronized @Nullable Place<S, T> end(@Nullable Throwable reason) {
    exhausted = true;
    sourceFailure = reason;
    notifyAll();
    return null;
  }

  private boolean isOver() {
    return exhausted || closed || failure != null;
  }

  /** What became of a picture that was taken. */
  synchronized void put(Place<S, T> place, Outcome<S, T> outcome) {
    place.outcome = outcome;
    notifyAll();
  }

  /** A worker ends without outcomes for what it has taken; the first one's reason counts. */
  synchronized void fail(Throwable reason) {
    if (failure == null) {
      failure = reason;
    }
    notifyAll();
  }

  /**
   * Waits for the next outcome. After the last, throws what the source threw, if it did; and what a
   * worker failed with, once an outcome is due that there will not be.
   *
   * @return null at the end, or if nobody wants them any more
   */
  synchronized @Nullable Outcome<S, T> next() throws InterruptedException {
    while (true) {
      Place<S, T> first = places.peek();
      if (closed) {
        return null;
      }
      if (first == null && exhausted) {
        if (sourceFailure != null) {
          throw thrown(sourceFailure);
        }
        return null;
      }
      if (first != null && first.outcome != null) {
        places.remove();
        onTheWay--;
        notifyAll();
        return first.outcome;
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
    places.clear();
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
