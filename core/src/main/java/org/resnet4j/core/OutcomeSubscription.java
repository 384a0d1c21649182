package org.resnet4j.core;

import java.util.Iterator;
import java.util.concurrent.Flow;

/**
 * Gives one subscriber the outcomes of a stream, as many as it asks for. The end, or what ends
 * everything, it is told without having asked. {@link #run} calls the subscriber, {@link #request}
 * and {@link #cancel} may be called by any thread.
 *
 * <p>Source: the rules of Reactive Streams, as {@link Flow} has them.
 */
final class OutcomeSubscription<S, T> implements Flow.Subscription, Runnable {
  private final PictureStream<S, T> stream;
  private final Iterator<Outcome<S, T>> outcomes;
  private final Flow.Subscriber<? super Outcome<S, T>> subscriber;

  // Guarded by this.
  private long wanted;
  private boolean asksForNone;
  private boolean isOver;
  private boolean cancelled;

  OutcomeSubscription(
      PictureStream<S, T> stream,
      Iterator<Outcome<S, T>> outcomes,
      Flow.Subscriber<? super Outcome<S, T>> subscriber) {
    this.stream = stream;
    this.outcomes = outcomes;
    this.subscriber = subscriber;
  }

  /** Tells a subscriber that there is nothing for it. */
  static void refuse(Flow.Subscriber<?> subscriber, IllegalStateException why) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    subscriber.onError(why);
  }

  @Override
  public void run() {
    try {
      subscriber.onSubscribe(this);
      publish();
    } finally {
      stream.close();
    }
  }

  private void publish() {
    Outcome<S, T> next;
    do {
      try {
        next = outcomes.hasNext() && awaitDemand() ? outcomes.next() : null;
      } catch (Throwable e) {
        tell(e);
        return;
      }
      if (next != null) {
        subscriber.onNext(next);
      }
    } while (next != null);
    if (!isCancelled()) {
      subscriber.onComplete();
    }
  }

  private void tell(Throwable failure) {
    if (!isCancelled()) {
      subscriber.onError(failure);
    }
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Returns whether one more is wanted; if not, this ends. */
  private synchronized boolean awaitDemand() throws InterruptedException {
    while (wanted == 0 && !isOver && !asksForNone) {
      wait();
    }
    if (asksForNone) {
      throw new IllegalArgumentException("a subscriber must ask for at least one outcome");
    }
    if (isOver) {
      return false;
    }
    if (wanted < Long.MAX_VALUE) { // which means all there are
      wanted--;
    }
    return true;
  }

  @Override
  public synchronized void request(long n) {
    if (n < 1) {
      asksForNone = true;
    } else {
      wanted = n > Long.MAX_VALUE - wanted ? Long.MAX_VALUE : wanted + n;
    }
    notifyAll();
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    stream.end();
  }

  /** The stream has been closed. */
  synchronized void wake() {
    isOver = true;
    notifyAll();
  }
}
