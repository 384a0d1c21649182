package org.resnet4j.core;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.ImageDecoder;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.tensor.SampleTable;

/**
 * From pictures to what a network makes of them: decoding, preprocessing and batches on the
 * caller's thread, sessions from a pool. {@link Classifier} and {@link FeatureExtractor} say what
 * it promises.
 */
final class PictureRunner implements AutoCloseable {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** How many pictures a stream may have on the way beside those that are being run. */
  private static final int ROOM = 64;

  private final PretrainedModel model;
  private final DecodeOptions decodeOptions;
  private final int maxBatch;
  private final int outputs;
  private final Plan plan;
  private final SessionPool sessions;
  private final SampleTable table;
  private final CallGate gate;

  private final Preparer preparer;

  private final Object serialLock = new Object();

  /** Opened for the first picture stream; guarded by its lock. */
  private @Nullable SessionPool serial;

  private PictureRunner(
      String what,
      PretrainedModel model,
      DecodeOptions decodeOptions,
      int maxBatch,
      Plan plan,
      SessionPool sessions) {
    this.gate = new CallGate(what);
    this.model = model;
    this.decodeOptions = decodeOptions;
    this.maxBatch = maxBatch;
    this.outputs = model.outputs();
    this.plan = plan;
    this.sessions = sessions;
    this.preparer = new Preparer(decodeOptions, model.preprocessing(), sessions);
    this.table = model.preprocessing().table();
    // What the JDK links and initialises for the first read fails for good if memory is short then.
    int channels = model.preprocessing().channels();
    table.read(MemorySegment.ofArray(new byte[channels]), 1, 1, new float[channels], 0);
  }

  /**
   * Compiles the model and opens a first session.
   *
   * @param what messages call what it is for
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1, its input exceeds an
   *     array, or the network takes neither RGB nor grey pictures
   */
  static PictureRunner open(
      String what,
      PretrainedModel model,
      Backend backend,
      int maxBatch,
      DecodeOptions decodeOptions) {
    Objects.requireNonNull(decodeOptions, "decodeOptions");
    model.preprocessing().requirePictures();
    Plan plan = backend.compile(Passes.inference().apply(model.graph()));
    boolean opened = false;
    SessionPool sessions = null;
    try {
      sessions = new SessionPool(plan, maxBatch, PROCESSORS);
      PictureRunner runner =
          new PictureRunner(what, model.withoutValues(), decodeOptions, maxBatch, plan, sessions);
      opened = true;
      return runner;
    } finally {
      if (!opened) {
        if (sessions != null) {
          sessions.close();
        }
        plan.close();
      }
    }
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
    gate.enter();
    try {
      return finite(images, 0, deadline, result);
    } finally {
      gate.leave();
    }
  }

  /** The result of a picture in a file. */
  <T> T finite(Path image, Deadline deadline, Result<T> result) throws ImageDecodeException {
    gate.enter();
    try {
      deadline.check();
      long start = System.nanoTime();
      RgbImage decoded = decode(image);
      return finite(List.of(decoded), millisSince(start), deadline, result).getFirst();
    } finally {
      gate.leave();
    }
  }

  /** Where sessions that nobody uses take the memory that a picture needs, they go. */
  private RgbImage decode(Path image) throws ImageDecodeException {
    try {
      return ImageDecoder.decode(image, decodeOptions);
    } catch (ImageDecodeException e) {
      if (e.getCause() instanceof OutOfMemoryError && sessions.giveUpIdle()) {
        return ImageDecoder.decode(image, decodeOptions);
      }
      throw e;
    }
  }

  private <T> List<T> finite(
      List<RgbImage> images, double decodeMillis, Deadline deadline, Result<T> result) {
    FiniteCheck.Pictures check = new FiniteCheck.Pictures(outputs);
    deadline.check();
    List<T> results =
        sessions.lend(deadline, new Run<>(images, decodeMillis, deadline, result, check));
    if (check.firstBad() >= 0) {
      throw sessions.lend(
          deadline, new Search(check.firstBad(), images.get(check.firstBad()), deadline));
    }
    return results;
  }

  /** The results of decoded pictures, whatever came out. */
  <T> List<T> any(List<RgbImage> images, Deadline deadline, Result<T> result) {
    gate.enter();
    try {
      deadline.check();
      return sessions.lend(deadline, new Run<>(images, 0, deadline, result, null));
    } finally {
      gate.leave();
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
        batch = Math.min(maxBatch, images.size() - from);
        runBatch(images.subList(from, from + batch), lease, results);
      }
      return results;
    }

    private void runBatch(List<RgbImage> batch, SessionPool.Lease lease, List<T> results) {
      double[] preprocessMillis = new double[batch.size()];
      for (int i = 0; i < batch.size(); i++) {
        deadline.check();
        long start = System.nanoTime();
        int offset = i * model.preprocessing().size();
        model.preprocessing().crop(batch.get(i), lease.samples(), offset);
        preprocessMillis[i] = millisSince(start);
      }
      long start = System.nanoTime();
      run(batch.size(), lease, deadline);
      double networkMillis = millisSince(start) / batch.size();
      for (int i = 0; i < batch.size(); i++) {
        deadline.check();
        int offset = i * outputs;
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
      return whyNotFinite(index, model.preprocessing().apply(image).data(), lease, deadline);
    }
  }

  private void run(int batch, SessionPool.Lease lease, Deadline deadline) {
    run(batch, lease, lease.samples(), deadline);
  }

  /** Runs samples as a {@link Preparer} gives them. */
  void run(int batch, SessionPool.Lease lease, byte[] samples, Deadline deadline) {
    lease.session().runSamples(batch, samples, table, lease.output(), deadline);
  }

  /**
   * Starts on many pictures. Where each of the backend's threads gets one, each takes its own
   * through everything, alone; fewer are run by all threads together.
   */
  <S, T> PictureStream<S, T> stream(
      Iterable<? extends S> pictures, PictureReader<? super S> reader, Result<T> result) {
    Objects.requireNonNull(reader, "reader");
    int most = pictures instanceof Collection<?> all ? all.size() : Integer.MAX_VALUE;
    int apart = plan.serialSessions();
    boolean serially = apart > 1 && most >= apart;
    int lanes = serially ? apart : apart > 0 ? 1 : Math.clamp(most, 1, PROCESSORS);
    int batch = serially ? Math.ceilDiv(maxBatch, apart) : maxBatch;
    Iterator<? extends S> source = pictures.iterator(); // the caller's code, which may wait
    gate.enter();
    try {
      SessionPool lent = serially ? serial(batch) : sessions;
      Conveyor<S, T> conveyor = new Conveyor<>(source, 2 * lanes * batch + ROOM);
      List<Lane<S, T>> workers = new ArrayList<>();
      for (int i = 0; i < lanes; i++) {
        workers.add(new Lane<>(this, lent, conveyor, reader, result, batch));
      }
      return new PictureStream<>(conveyor, workers);
    } finally {
      gate.leave();
    }
  }

  /** Where there is no memory for them beside the others, these serve, which all threads run. */
  private SessionPool serial(int batch) {
    synchronized (serialLock) {
      if (serial == null) {
        serial = SessionPool.serial(plan, batch);
      }
      return serial == null ? sessions : serial;
    }
  }

  /** Does work that a close waits for. */
  <T> T call(SessionPool lent, Function<SessionPool.Lease, T> work) {
    gate.enter();
    try {
      return lent.lend(Deadline.NONE, work);
    } finally {
      gate.leave();
    }
  }

  /** What pictures are prepared by. */
  Preparer preparer() {
    return preparer;
  }

  /** Samples of a picture. */
  int inputSize() {
    return model.preprocessing().size();
  }

  /** Outputs of a picture. */
  int outputSize() {
    return outputs;
  }

  /** Runs the picture at {@code index} of a batch's samples again, alone. */
  NonFiniteResultException whyNotFinite(
      int picture, byte[] samples, int index, SessionPool.Lease lease) {
    float[] input = new float[inputSize()];
    MemorySegment own = MemorySegment.ofArray(samples).asSlice((long) index * input.length);
    table.read(own, 1, input.length / table.channels(), input, 0);
    return whyNotFinite(picture, input, lease, Deadline.NONE);
  }

  private static NonFiniteResultException whyNotFinite(
      int picture, float[] input, SessionPool.Lease lease, Deadline deadline) {
    FiniteCheck.Steps steps = new FiniteCheck.Steps();
    MemorySegment output = MemorySegment.ofArray(lease.output());
    lease.session().run(1, MemorySegment.ofArray(input), output, steps, deadline);
    return new NonFiniteResultException(picture, steps.firstBad());
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  /** Runs full batches of black pictures. */
  WarmUp warmUp(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    gate.enter();
    try {
      return sessions.lend(Deadline.NONE, lease -> warmUp(lease, limit));
    } finally {
      gate.leave();
    }
  }

  private WarmUp warmUp(SessionPool.Lease lease, Duration limit) {
    Arrays.fill(lease.samples(), (byte) 0);
    return WarmUp.repeat(() -> run(maxBatch, lease, Deadline.NONE), limit);
  }

  Plan plan() {
    return plan;
  }

  /** Without the weights' values. */
  PretrainedModel model() {
    return model;
  }

  int maxBatch() {
    return maxBatch;
  }

  /** Waits for calls in flight. Idempotent; may be called from any thread. */
  @Override
  public void close() {
    // Each time anew: an earlier close may have been cut short by the end of its thread's stack.
    gate.close();
    try {
      synchronized (serialLock) {
        if (serial != null) {
          serial.close();
        }
      }
    } finally {
      try {
        sessions.close();
      } finally {
        plan.close();
      }
    }
  }
}
