package org.resnet4j.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.core.backend.Deadline;

/**
 * One worker of a {@link PictureStream} or {@link Batcher}: takes pictures from its feed, decodes
 * and crops each until a batch is full or no more can be had, and runs that. Of the decoded
 * pictures there is one at a time.
 */
final class Lane<S, T> implements Runnable {
  private final Network network;
  private final Preparer preparer;
  private final SessionPool sessions;
  private final Feed<S, T> feed;
  private final PictureReader<? super S> reader;
  private final PictureRunner.Result<T> result;
  private final int batch;
  private final byte[] samples;
  private final List<Pending<S, T>> pending = new ArrayList<>();

  /** A picture whose samples are ready, and what that took. */
  private record Pending<S, T>(Feed.Place<S, T> place, Classification.Timing timing) {}

  /**
   * Does nothing yet.
   *
   * @param sessions for batches of {@code batch}
   * @throws OutOfMemoryError if there is no memory for a batch of samples
   */
  Lane(
      Network network,
      Preparer preparer,
      SessionPool sessions,
      Feed<S, T> feed,
      PictureReader<? super S> reader,
      PictureRunner.Result<T> result,
      int batch) {
    this.network = network;
    this.preparer = preparer;
    this.sessions = sessions;
    this.feed = feed;
    this.reader = reader;
    this.result = result;
    this.batch = batch;
    this.samples = new byte[Math.multiplyExact(batch, network.inputSize())];
  }

  /** Until no pictures are left, or the feed ends with what it has met. */
  @Override
  public void run() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = fill() && !feed.isOver();
        if (goesOn) {
          forgetInterrupt(); // where there were no more pictures
          answer();
        }
      } catch (Throwable e) {
        for (int i = 0; i < pending.size(); i++) {
          pending.get(i).place().fail(e);
        }
        goesOn = feed.fail(e);
      }
      pending.clear();
      forgetInterrupt();
    }
  }

  /** Returns whether there is anything to run; if not, nothing is left. */
  private boolean fill() throws Exception {
    while (pending.size() < batch) {
      network.requireOpen();
      Feed.Place<S, T> place = feed.take(pending.isEmpty() ? null : pending.getFirst().place());
      if (place == null) {
        return !pending.isEmpty();
      }
      forgetInterrupt(); // a source's
      prepare(place);
      forgetInterrupt();
    }
    return true;
  }

  /**
   * An interrupt that a reader, a source or what waits for an answer has left on this thread is no
   * affair of the next picture's. One that ends the feed stays, since that has ended before.
   */
  private void forgetInterrupt() {
    if (Thread.interrupted() && feed.isOver()) {
      Thread.currentThread().interrupt();
    }
  }

  private void prepare(Feed.Place<S, T> place) throws Exception {
    try {
      pending.add(
          new Pending<>(place, preparer.prepare(place.picture(), reader, samples, pending.size())));
    } catch (Exception e) {
      if (e instanceof InterruptedException && feed.isOver()) {
        place.fail(e);
        throw e;
      }
      refuse(place, e);
    } catch (Throwable e) {
      if (!place.fail(e)) {
        throw e;
      }
    }
  }

  /** What is wrong lies in the picture. */
  private void refuse(Feed.Place<S, T> place, Exception cause) {
    try {
      place.put(new Outcome.Failed<>(place.picture(), cause));
    } catch (Throwable e) { // such as no memory for that
      if (!place.fail(e)) {
        throw e;
      }
    }
  }

  private void answer() {
    List<Outcome<S, T>> outcomes;
    try {
      outcomes = network.call(feed.isAlone() ? network.sessions() : sessions, new Run());
    } catch (Throwable e) {
      boolean goesOn = true;
      for (int i = 0; i < pending.size(); i++) {
        goesOn &= pending.get(i).place().fail(e);
      }
      if (!goesOn) {
        throw e;
      }
      return;
    }
    for (int i = 0; i < outcomes.size(); i++) {
      Feed.Place<S, T> place = pending.get(i).place();
      try {
        place.put(outcomes.get(i));
      } catch (Throwable e) { // of what depends on it
        if (!place.fail(e)) {
          throw e;
        }
      }
    }
  }

  /** The outcomes of the pictures that are pending. */
  private final class Run implements Function<SessionPool.Lease, List<Outcome<S, T>>> {
    @Override
    public List<Outcome<S, T>> apply(SessionPool.Lease lease) {
      long start = System.nanoTime();
      network.run(pending.size(), lease, samples, Deadline.NONE);
      double millis = (System.nanoTime() - start) / 1e6 / pending.size();
      float[] outputs = lease.output().clone(); // a search writes there
      List<Outcome<S, T>> outcomes = new ArrayList<>();
      for (int i = 0; i < pending.size(); i++) {
        outcomes.add(outcome(i, outputs, millis, lease));
      }
      return outcomes;
    }

    private Outcome<S, T> outcome(
        int i, float[] outputs, double networkMillis, SessionPool.Lease lease) {
      Pending<S, T> each = pending.get(i);
      S picture = each.place().picture();
      int offset = i * network.outputSize();
      if (!FiniteCheck.allFinite(outputs, offset, network.outputSize())) {
        return new Outcome.Failed<>(
            picture, network.whyNotFinite(each.place().index(), samples, i, lease));
      }
      Classification.Timing timing =
          new Classification.Timing(
              each.timing().decodeMillis(), each.timing().preprocessMillis(), networkMillis);
      return new Outcome.Answered<>(picture, result.of(outputs, offset, timing));
    }
  }
}
