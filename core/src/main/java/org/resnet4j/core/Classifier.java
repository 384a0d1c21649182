package org.resnet4j.core;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.resnet4j.core.Classification.Timing;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.ImageDecoder;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.tensor.SampleTable;

/**
 * From pictures to the classes in them.
 *
 * <p>Thread-safe: any number of threads may call it, and a call's result does not depend on the
 * others. Pictures are decoded and preprocessed on the caller's thread. At most as many calls run
 * the network at once as the process may use processors; further calls wait. Sessions and buffers
 * are kept and used again.
 *
 * <p>A call ends with a {@link RunCancelledException} when its thread is interrupted, whose
 * interrupt status stays set, or its {@link Deadline} passes: at once while it waits for a session,
 * within a step of the network while that runs, and after the picture that is being decoded.
 *
 * <p>Probabilities are the softmax over all classes, computed in double. A picture for which the
 * network's outputs are not all finite has none: {@code classify} throws a {@link
 * NonFiniteResultException} then.
 */
public final class Classifier implements AutoCloseable {
  private final PretrainedModel model;
  private final DecodeOptions decodeOptions;
  private final int maxBatch;
  private final Plan plan;
  private final SessionPool sessions;
  private final SampleTable table;
  private final CallGate gate = new CallGate();

  private Classifier(
      PretrainedModel model,
      DecodeOptions decodeOptions,
      int maxBatch,
      Plan plan,
      SessionPool sessions) {
    this.model = model;
    this.decodeOptions = decodeOptions;
    this.maxBatch = maxBatch;
    this.plan = plan;
    this.sessions = sessions;
    this.table = model.preprocessing().table();
  }

  /** {@link #open(PretrainedModel, Backend, int, DecodeOptions)} with the default options. */
  public static Classifier open(PretrainedModel model, Backend backend, int maxBatch) {
    return open(model, backend, maxBatch, DecodeOptions.DEFAULT);
  }

  /**
   * Compiles the model, after {@link Passes#inference}, and opens a first session. The classifier
   * keeps the packed weights only; the model's own are free as soon as the caller drops it.
   *
   * @param backend stays the caller's, who closes it after the classifier
   * @param maxBatch the most pictures to run at once; working memory grows with it
   * @param decodeOptions for pictures given as files
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1 or its input exceeds an
   *     array
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if such a batch does not fit the
   *     memory
   * @throws IllegalStateException if the backend is closed
   */
  public static Classifier open(
      PretrainedModel model, Backend backend, int maxBatch, DecodeOptions decodeOptions) {
    Objects.requireNonNull(decodeOptions, "decodeOptions");
    Plan plan = backend.compile(Passes.inference().apply(model.graph()));
    boolean opened = false;
    try {
      int limit = Runtime.getRuntime().availableProcessors();
      SessionPool sessions = new SessionPool(plan, maxBatch, limit);
      opened = true;
      return new Classifier(model.withoutValues(), decodeOptions, maxBatch, plan, sessions);
    } finally {
      if (!opened) {
        plan.close();
      }
    }
  }

  /**
   * Runs the network on full batches of black pictures until it is at full speed: the first calls
   * of a new process are many times slower than the later ones. {@link WarmUp} says why. Other
   * threads may call meanwhile.
   *
   * @param limit how long at most; a run in flight then is finished
   * @throws RunCancelledException if the calling thread is interrupted
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public WarmUp warmUp(Duration limit) {
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

  /** {@link #classify(Path, int, Deadline)} without a deadline. */
  public Classification classify(Path image, int topK) throws ImageDecodeException {
    return classify(image, topK, Deadline.NONE);
  }

  /**
   * The most probable classes of a picture in a file.
   *
   * @param topK how many, at least 1; more than there are classes means all
   * @param deadline when the result is no longer wanted
   * @throws ImageDecodeException if the file cannot be read or is no sound picture
   * @throws IllegalArgumentException if {@code topK} is less than 1
   * @throws NonFiniteResultException if the network's outputs are not all finite
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public Classification classify(Path image, int topK, Deadline deadline)
      throws ImageDecodeException {
    int k = clamp(topK);
    gate.enter();
    try {
      deadline.check();
      long start = System.nanoTime();
      RgbImage decoded = ImageDecoder.decode(image, decodeOptions);
      return classifyAll(List.of(decoded), k, millisSince(start), deadline).getFirst();
    } finally {
      gate.leave();
    }
  }

  /** {@link #classify(RgbImage, int, Deadline)} without a deadline. */
  public Classification classify(RgbImage image, int topK) {
    return classify(image, topK, Deadline.NONE);
  }

  /**
   * The most probable classes of a decoded picture.
   *
   * @param topK how many, at least 1; more than there are classes means all
   * @param deadline when the result is no longer wanted
   * @throws IllegalArgumentException if {@code topK} is less than 1
   * @throws NonFiniteResultException if the network's outputs are not all finite
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public Classification classify(RgbImage image, int topK, Deadline deadline) {
    return classify(List.of(image), topK, deadline).getFirst();
  }

  /** {@link #classify(List, int, Deadline)} without a deadline. */
  public List<Classification> classify(List<RgbImage> images, int topK) {
    return classify(images, topK, Deadline.NONE);
  }

  /**
   * The most probable classes of each picture, in batches of up to {@link #maxBatch}.
   *
   * @param images any number, also none
   * @param topK how many of each, at least 1; more than there are classes means all
   * @param deadline when the results are no longer wanted
   * @return a result for each picture, in their order
   * @throws IllegalArgumentException if {@code topK} is less than 1
   * @throws NonFiniteResultException if the network's outputs for a picture are not all finite;
   *     names the first such picture
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public List<Classification> classify(List<RgbImage> images, int topK, Deadline deadline) {
    int k = clamp(topK);
    List<RgbImage> copy = List.copyOf(images);
    gate.enter();
    try {
      return classifyAll(copy, k, 0, deadline);
    } finally {
      gate.leave();
    }
  }

  /** {@link #logits(List, Deadline)} without a deadline. */
  public List<float[]> logits(List<RgbImage> images) {
    return logits(images, Deadline.NONE);
  }

  /**
   * The network's outputs for each picture before the softmax, in batches of up to {@link
   * #maxBatch}. They are what came out, finite or not.
   *
   * @param images any number, also none
   * @param deadline when the results are no longer wanted
   * @return for each picture an array of its own, indexed by class
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public List<float[]> logits(List<RgbImage> images, Deadline deadline) {
    List<RgbImage> copy = List.copyOf(images);
    gate.enter();
    try {
      int classes = model.labels().size();
      return run(
          copy,
          deadline,
          (_, logits, offset, _, _) -> Arrays.copyOfRange(logits, offset, offset + classes));
    } finally {
      gate.leave();
    }
  }

  private List<Classification> classifyAll(
      List<RgbImage> images, int k, double decodeMillis, Deadline deadline) {
    FiniteCheck.Pictures check = new FiniteCheck.Pictures(model.labels().size());
    List<Classification> results =
        run(
            images,
            deadline,
            (picture, logits, offset, preprocessMillis, networkMillis) -> {
              check.see(picture, logits, offset);
              return new Classification(
                  Ranking.top(k, logits, offset, model.labels()),
                  new Timing(decodeMillis, preprocessMillis, networkMillis));
            });
    if (check.firstBad() >= 0) {
      throw notFinite(check.firstBad(), images.get(check.firstBad()), deadline);
    }
    return results;
  }

  /** Runs the picture again, alone, to see where it left the finite numbers. */
  private NonFiniteResultException notFinite(int index, RgbImage image, Deadline deadline) {
    FiniteCheck.Steps steps = new FiniteCheck.Steps();
    MemorySegment input = MemorySegment.ofArray(model.preprocessing().apply(image).data());
    return sessions.lend(
        deadline,
        lease -> {
          MemorySegment output = MemorySegment.ofArray(lease.output());
          lease.session().run(1, input, output, steps, deadline);
          return new NonFiniteResultException(index, steps.firstBad());
        });
  }

  /** Makes one picture's result of its logits, which are valid during the call only. */
  @FunctionalInterface
  private interface Result<T> {
    T of(int picture, float[] logits, int offset, double preprocessMillis, double networkMillis);
  }

  private <T> List<T> run(List<RgbImage> images, Deadline deadline, Result<T> result) {
    return sessions.lend(
        deadline,
        lease -> {
          List<T> results = new ArrayList<>(images.size());
          int batch;
          for (int from = 0; from < images.size(); from += batch) {
            batch = Math.min(maxBatch, images.size() - from);
            runBatch(images.subList(from, from + batch), lease, deadline, result, results);
          }
          return results;
        });
  }

  private void run(int batch, SessionPool.Lease lease, Deadline deadline) {
    lease.session().runSamples(batch, lease.samples(), table, lease.output(), deadline);
  }

  private <T> void runBatch(
      List<RgbImage> images,
      SessionPool.Lease lease,
      Deadline deadline,
      Result<T> result,
      List<T> results) {
    int batch = images.size();
    double[] preprocessMillis = new double[batch];
    for (int i = 0; i < batch; i++) {
      deadline.check();
      long start = System.nanoTime();
      int offset = i * model.preprocessing().size();
      model.preprocessing().crop(images.get(i), lease.samples(), offset);
      preprocessMillis[i] = millisSince(start);
    }
    long start = System.nanoTime();
    run(batch, lease, deadline);
    double networkMillis = millisSince(start) / batch;
    for (int i = 0; i < batch; i++) {
      deadline.check();
      int offset = i * model.labels().size();
      results.add(
          result.of(results.size(), lease.output(), offset, preprocessMillis[i], networkMillis));
    }
  }

  private int clamp(int topK) {
    if (topK < 1) {
      throw new IllegalArgumentException("topK must be at least 1, got " + topK);
    }
    return Math.min(topK, model.labels().size());
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  /** What runs: its steps are what a profile prints. Closed with the classifier. */
  public Plan plan() {
    return plan;
  }

  /**
   * What was opened, {@linkplain PretrainedModel#withoutValues without the weights' values}: the
   * plan has packed them.
   */
  public PretrainedModel model() {
    return model;
  }

  /** The most pictures that run at once. */
  public int maxBatch() {
    return maxBatch;
  }

  /**
   * Lets calls in flight finish, waiting for them, then releases sessions and plan. Calls that come
   * later throw {@link IllegalStateException}. Idempotent; may be called from any thread.
   */
  @Override
  public void close() {
    // Each time anew: an earlier close may have been cut short by the end of its thread's stack.
    gate.close();
    try {
      sessions.close();
    } finally {
      plan.close();
    }
  }
}
