package org.resnet4j.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Digits;

/**
 * From pictures to what a network makes of them: decoding, preprocessing and batches on the
 * caller's thread, or by a {@link PictureStream} on its own. {@link Classifier} and {@link
 * FeatureExtractor} say what it promises.
 */
final class PictureRunner implements AutoCloseable {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** How many pictures a stream may have on the way beside those that are being run. */
  private static final int ROOM = 64;

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Network network;
  private final Preprocessing preprocessing;
  private final DecodeOptions decodeOptions;
  private final Preparer preparer;

  private PictureRunner(Network network, DecodeOptions decodeOptions) {
    this.network = network;
    this.preprocessing = network.model().preprocessing();
    this.decodeOptions = decodeOptions;
    this.preparer = new Preparer(decodeOptions, network);
  }

  /**
   * Compiles the model and opens a first session.
   *
   * @param what messages call what it is for
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1, its input exceeds an
   *     array, the network takes neither RGB nor grey pictures, or a decoder is not here
   */
  static PictureRunner open(
      String what,
      PretrainedModel model,
      Backend backend,
      int maxBatch,
      DecodeOptions decodeOptions) {
    decodeOptions.jpegCodec().requireHere();
    return new PictureRunner(Network.open(what, model, backend, maxBatch), decodeOptions);
  }

  /**
   * Makes one picture's result of its outputs, which are valid during the call only.
   *
   * <p>What is on the way of a call is a class and no lambda: one that is linked when there is no
   * memory for it stays unusable for the rest of the process.
   *
   * @param <T> the result
   */
  interface Result<T> {
    T of(float[] outputs, int offset, Classification.Timing timing);
  }

  /** The results of decoded pictures; of outputs that are not all finite there are none. */
  <T> List<T> finite(List<RgbImage> images, Deadline deadline, Result<T> result) {
    network.enter();
    try {
      return finite(images, 0, deadline, result);
    } finally {
      network.leave();
    }
  }

  /** The result of a picture in a file. */
  <T> T finite(Path image, Deadline deadline, Result<T> result) throws ImageDecodeException {
    network.enter();
    try {
      deadline.check();
      long start = System.nanoTime();
      RgbImage decoded = decode(image);
      return finite(List.of(decoded), millisSince(start), deadline, result).getFirst();
    } finally {
      network.leave();
    }
  }

  /** Where sessions that nobody uses take the memory that a picture needs, they go. */
  private RgbImage decode(Path image) throws ImageDecodeException {
    try {
      return ImageDecoder.decode(image, decodeOptions);
    } catch (ImageDecodeException e) {
      if (e.isOutOfMemory() && network.giveUpIdle()) {
        return ImageDecoder.decode(image, decodeOptions);
      }
      throw e;
    }
  }

  private <T> List<T> finite(
      List<RgbImage> images, double decodeMillis, Deadline deadline, Result<T> result) {
    FiniteCheck.Pictures check = new FiniteCheck.Pictures(network.outputSize());
    deadline.check();
    List<T> results =
        network.lend(deadline, new Run<>(images, decodeMillis, deadline, result, check));
    if (check.firstBad() >= 0) {
      throw network.lend(
          deadline, new Search(check.firstBad(), images.get(check.firstBad()), deadline));
    }
    return results;
  }

  /** The results of decoded pictures, whatever came out. */
  <T> List<T> any(List<RgbImage> images, Deadline deadline, Result<T> result) {
    network.enter();
    try {
      deadline.check();
      return network.lend(deadline, new Run<>(images, 0, deadline, result, null));
    } finally {
      network.leave();
    }
  }

  /** Runs the pictures of one call in batches. */
  private final class Run<T> implements Function<SessionPool.Lease, List<T>> {
    private final List<RgbImage> images;
    private final double decodeMillis;
    private final Deadline deadline;
    private final Result<T> result;
    private final FiniteCheck.@Nullable Pictures check;

    Run(
        List<RgbImage> images,
        double decodeMillis,
        Deadline deadline,
        Result<T> result,
        FiniteCheck.@Nullable Pictures check) {
      this.images = images;
      this.decodeMillis = decodeMillis;
      this.deadline = deadline;
      this.result = result;
      this.check = check;
    }

    @Override
    public List<T> apply(SessionPool.Lease lease) {
      List<T> results = new ArrayList<>(images.size());
      int batch;
      for (int from = 0; from < images.size(); from += batch) {
        batch = Math.min(network.maxBatch(), images.size() - from);
        runBatch(images.subList(from, from + batch), lease, results);
      }
      return results;
    }

    private void runBatch(List<RgbImage> batch, SessionPool.Lease lease, List<T> results) {
      double[] preprocessMillis = new double[batch.size()];
      for (int i = 0; i < batch.size(); i++) {
        deadline.check();
        long start = System.nanoTime();
        int offset = i * preprocessing.size();
        preprocessing.crop(batch.get(i), lease.samples(), offset);
        preprocessMillis[i] = millisSince(start);
      }
      long start = System.nanoTime();
      network.run(batch.size(), lease, deadline);
      double networkMillis = millisSince(start) / batch.size();
      for (int i = 0; i < batch.size(); i++) {
        deadline.check();
        int offset = i * network.outputSize();
        if (check != null) {
          check.see(results.size(), lease.output(), offset);
        }
        results.add(
            result.of(
                lease.output(),
                offset,
                new Classification.Timing(decodeMillis, preprocessMillis[i], networkMillis)));
      }
    }
  }

  /** Runs a picture again, alone, to see where it left the finite numbers. */
  private final class Search implements Function<SessionPool.Lease, NonFiniteResultException> {
    private final int index;
    private final RgbImage image;
    private final Deadline deadline;

    Search(int index, RgbImage image, Deadline deadline) {
      this.index = index;
      this.image = image;
      this.deadline = deadline;
    }

    @Override
    public NonFiniteResultException apply(SessionPool.Lease lease) {
      return network.whyNotFinite(index, preprocessing.apply(image).data(), lease, deadline);
    }
  }

  /**
   * Starts on many pictures. Where each of the backend's threads gets one, each takes its own
   * through everything, alone; fewer are run by all threads together.
   *
   * @throws InsufficientMemoryException if there is no memory for a thread's pictures
   */
  <S, T> PictureStream<S, T> stream(
      Iterable<? extends S> pictures, PictureReader<? super S> reader, Result<T> result) {
    Objects.requireNonNull(reader, "reader");
    int most = pictures instanceof Collection<?> all ? all.size() : Integer.MAX_VALUE;
    int apart = network.plan().serialSessions();
    boolean serially = apart > 1 && most >= apart;
    int lanes = serially ? apart : apart > 0 ? 1 : Math.clamp(most, 1, PROCESSORS);
    int batch = serially ? Math.ceilDiv(network.maxBatch(), apart) : network.maxBatch();
    Iterator<? extends S> source = pictures.iterator(); // the caller's code, which may wait
    network.enter();
    try {
      SessionPool lent = serially ? network.serial(batch) : network.sessions();
      Conveyor<S, T> conveyor = new Conveyor<>(source, 2 * lanes * batch + ROOM);
      return new PictureStream<>(conveyor, lanes(lanes, lent, conveyor, reader, result, batch));
    } finally {
      network.leave();
    }
  }

  /**
   * Starts threads for pictures that callers bring: on a CPU each runs its own; a device has two,
   * of which one prepares while the other's batch runs.
   *
   * @param longestWait of the first picture of a batch for others
   * @param mostWaiting pictures that no thread has taken
   * @throws IllegalArgumentException if {@code mostWaiting} is less than 1, or {@code longestWait}
   *     negative
   * @throws InsufficientMemoryException if there is no memory for a thread's pictures
   */
  <S, T> Batcher<S, T> batcher(
      PictureReader<? super S> reader, Duration longestWait, int mostWaiting, Result<T> result) {
    Objects.requireNonNull(reader, "reader");
    if (longestWait.isNegative()) {
      throw new IllegalArgumentException(
          "longestWait must not be negative, got %s".formatted(longestWait));
    }
    long nanos = longestWait.compareTo(LONGEST_WAIT) < 0 ? longestWait.toNanos() : Long.MAX_VALUE;
    int apart = network.plan().serialSessions();
    int most = apart > 0 ? apart : 2;
    int batch = apart > 1 ? Math.ceilDiv(network.maxBatch(), apart) : network.maxBatch();
    network.enter();
    try {
      SessionPool lent = apart > 1 ? network.serial(batch) : network.sessions();
      BatchQueue<S, T> queue = new BatchQueue<>("batcher", mostWaiting, nanos);
      return new Batcher<>(queue, lanes(most, lent, queue, reader, result, batch));
    } finally {
      network.leave();
    }
  }

  /**
   * As many as there is memory for.
   *
   * @throws InsufficientMemoryException if that is none
   */
  private <S, T> List<Lane<S, T>> lanes(
      int most,
      SessionPool lent,
      Feed<S, T> feed,
      PictureReader<? super S> reader,
      Result<T> result,
      int batch) {
    List<Lane<S, T>> lanes = new ArrayList<>();
    try {
      while (lanes.size() < most) {
        lanes.add(new Lane<>(network, preparer, lent, feed, reader, result, batch));
      }
    } catch (OutOfMemoryError e) {
      if (lanes.isEmpty()) {
        throw lacking(batch, e);
      }
    }
    return lanes;
  }

  private InsufficientMemoryException lacking(int batch, OutOfMemoryError cause) {
    InsufficientMemoryException e =
        new InsufficientMemoryException(
            "a batch of "
                + batch
                + " needs "
                + Digits.megabytes((long) batch * network.inputSize())
                + " for its pictures beside a session's memory, which are not left; choose a"
                + " smaller batch (or raise the heap with -Xmx)");
    e.initCause(cause);
    return e;
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  /** Runs full batches of black pictures. */
  WarmUp warmUp(Duration limit) {
    return network.warmUp(limit);
  }

  Plan plan() {
    return network.plan();
  }

  /** Without the weights' values. */
  PretrainedModel model() {
    return network.model();
  }

  int maxBatch() {
    return network.maxBatch();
  }

  /** Waits for calls in flight. Idempotent; may be called from any thread. */
  @Override
  public void close() {
    network.close();
  }
}
