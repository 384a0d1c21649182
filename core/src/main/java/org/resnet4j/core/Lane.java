package org.resnet4j.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.core.backend.Deadline;

/**
 * One worker of a {@link PictureStream}: takes pictures from the conveyor, decodes and crops each
 * until a batch is full or no more can be had, and runs that. Of the decoded pictures there is one
 * at a time.
 */
final class Lane<S, T> implements Runnable {
  private final Network network;
  private final Preparer preparer;
  private final SessionPool sessions;
  private final Conveyor<S, T> conveyor;
  private final PictureReader<? super S> reader;
  private final PictureRunner.Result<T> result;
  private final int batch;
  private final byte[] samples;
  private final List<Pending<S, T>> pending = new ArrayList<>();

  /** A picture whose samples are ready, and what that took. */
  private record Pending<S, T>(Conveyor.Place<S, T> place, Classification.Timing timing) {}

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
      Conveyor<S, T> conveyor,
      PictureReader<? super S> reader,
      PictureRunner.Result<T> result,
      int batch) {
    this.network = network;
    this.preparer = preparer;
    this.sessions = sessions;
    this.conveyor = conveyor;
    this.reader = reader;
    this.result = result;
    this.batch = batch;
    this.samples = new byte[Math.multiplyExact(batch, network.inputSize())];
  }

  /** Until no pictures are left; whatever ends it before ends the stream. */
  @Override
  public void run() {
    try {
      while (fill() && !conveyor.isClosed()) {
        answer();
        pending.clear();
      }
    } catch (Throwable e) {
      conveyor.fail(e);
    }
  }

  /** Returns whether there is anything to run; if not, nothing is left. */
  private boolean fill() throws InterruptedException {
    while (pending.size() < batch) {
      network.requireOpen();
      Conveyor.Place<S, T> place = conveyor.take(pending.isEmpty());
      if (place == null) {
        return !pending.isEmpty();
      }
      prepare(place);
    }
    return true;
  }

  private void prepare(Conveyor.Place<S, T> place) throws InterruptedException {
    S picture = place.picture();
    try {
      pending.add(new Pending<>(place, preparer.prepare(picture, reader, samples, pending.size())));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      conveyor.put(place, new Outcome.Failed<>(picture, e));
    }
  }

  private void answer() {
    List<Outcome<S, T>> outcomes = network.call(sessions, new Run());
    for (int i = 0; i < outcomes.size(); i++) {
      conveyor.put(pending.get(i).place(), outcomes.get(i));
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
