package org.resnet4j.core;

import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.stack.StackReserve;

/**
 * The outcomes of many pictures, in the pictures' order, while threads of its own work ahead:
 * {@link Classifier#classifyAll(Iterable, int)} and {@link FeatureExtractor#extractAll(Iterable)}
 * give one. Each thread takes pictures through reading, decoding, cropping and the network, so that
 * all processors have work until the last picture, and none waits for another. What is worked ahead
 * is bounded: a slow consumer holds the threads up, and memory does not grow with the number of
 * pictures.
 *
 * <p>A picture that is not sound is an {@link Outcome.Failed}; what ends everything, such as a
 * closed classifier or a source that throws, is thrown to the consumer in place of the next
 * outcome.
 *
 * <p>It is to be consumed once, by one thread: as an {@link Iterable}, a {@link Stream} or a {@link
 * Flow.Publisher}. {@link #close} may be called by any thread.
 *
 * @param <S> what stands for a picture, such as its file
 * @param <T> what a network makes of one
 */
public final class PictureStream<S, T>
    implements Iterable<Outcome<S, T>>, Flow.Publisher<Outcome<S, T>>, AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Conveyor<S, T> conveyor;
  private final Workers workers;
  private final End work;
  private final Cleaner.Cleanable end;
  private final AtomicBoolean consumed = new AtomicBoolean();
  private volatile @Nullable OutcomeSubscription<S, T> subscription;

  /**
   * Starts the threads.
   *
   * @param tasks what they do, without a reference to this, so that a stream that nobody has closed
   *     ends when it cannot be reached
   */
  PictureStream(Conveyor<S, T> conveyor, List<? extends Runnable> tasks) {
    this.conveyor = conveyor;
    this.workers = new Workers("resnet4j-pictures-", tasks);
    this.work = new End(conveyor, workers);
    this.end = CLEANER.register(this, work);
    try {
      workers.start();
    } catch (Throwable e) {
      end.clean();
      throw e;
    }
  }

  private record End(Conveyor<?, ?> conveyor, Workers workers) implements Runnable {
    @Override
    public void run() {
      conveyor.close();
      workers.interrupt();
    }
  }

  private record Close(PictureStream<?, ?> stream) implements Runnable {
    @Override
    public void run() {
      stream.close();
    }
  }

  /**
   * The outcomes, in the pictures' order. Its methods wait; they throw a {@link
   * RunCancelledException} if the consuming thread is interrupted.
   *
   * @throws IllegalStateException if they are consumed already
   */
  @Override
  public Iterator<Outcome<S, T>> iterator() {
    if (!consumed.compareAndSet(false, true)) {
      throw isConsumed();
    }
    return new Outcomes();
  }

  private static IllegalStateException isConsumed() {
    return new IllegalStateException("a picture stream can be consumed once");
  }

  private final class Outcomes implements Iterator<Outcome<S, T>> {
    private @Nullable Outcome<S, T> next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        StackReserve.require(); // what is taken from the conveyor would be lost halfway
        try {
          next = conveyor.next();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw new RunCancelledException(RunCancelledException.Reason.INTERRUPTED);
        }
      }
      return next != null;
    }

    @Override
    public Outcome<S, T> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Outcome<S, T> outcome = Objects.requireNonNull(next);
      next = null;
      return outcome;
    }
  }

  /**
   * The outcomes as a sequential stream, whose close is this one's.
   *
   * @throws IllegalStateException if they are consumed already
   */
  public Stream<Outcome<S, T>> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false)
        .onClose(new Close(this));
  }

  /**
   * The outcomes for one subscriber, called by a thread of its own, as many as it asks for. This is
   * closed at the end, after what {@code onError} gets, and when the subscription is cancelled,
   * which the subscriber must do if it wants no more. A second subscriber gets an {@link
   * IllegalStateException}.
   */
  @Override
  public void subscribe(Flow.Subscriber<? super Outcome<S, T>> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    if (!consumed.compareAndSet(false, true)) {
      OutcomeSubscription.refuse(subscriber, isConsumed());
      return;
    }
    OutcomeSubscription<S, T> made = new OutcomeSubscription<>(this, new Outcomes(), subscriber);
    subscription = made;
    try {
      Thread.ofPlatform().daemon().name("resnet4j-publisher").start(made);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** As {@link #close}, and waits for nobody. */
  void end() {
    StackReserve.require();
    work.run(); // a Cleanable that throws halfway does nothing the next time
    end.clean();
    OutcomeSubscription<S, T> open = subscription;
    if (open != null) {
      open.wake();
    }
  }

  /**
   * Ends the work: pictures on the way have no outcome any more, a consumer who waits finds the
   * end. Returns when the threads have ended, which takes as long as the decoding in flight, a step
   * of the network, or a source or reader that does not heed that its thread is interrupted.
   * Idempotent.
   */
  @Override
  public void close() {
    end();
    workers.join();
  }
}
