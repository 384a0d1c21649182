package org.resnet4j.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.stack.StackReserve;

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
  private final PictureRunner runner;
  private final Labels labels;

  private Classifier(PictureRunner runner) {
    this.runner = runner;
    this.labels = runner.model().labels();
  }

  /** {@link #open(PretrainedModel, Backend, int, DecodeOptions)} with the default options. */
  public static Classifier open(PretrainedModel model, Backend backend, int maxBatch) {
    StackReserve.requireForFirstUse();
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
   *     array, the model has no classifier, or takes neither RGB nor grey pictures
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if such a batch does not fit the
   *     memory
   * @throws IllegalStateException if the backend is closed
   */
  public static Classifier open(
      PretrainedModel model, Backend backend, int maxBatch, DecodeOptions decodeOptions) {
    if (model.classes() == 0) {
      throw new IllegalArgumentException(
          model.name() + " has no classifier; a FeatureExtractor gives its features");
    }
    return new Classifier(
        PictureRunner.open("classifier", model, backend, maxBatch, decodeOptions));
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
    return runner.warmUp(limit);
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
    return runner.finite(image, deadline, ranking(topK));
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
    PictureRunner.Result<Classification> ranking = ranking(topK);
    return runner.finite(List.copyOf(images), deadline, ranking);
  }

  /** {@link #classifyAll(Iterable, PictureReader, int)} of files. */
  public PictureStream<Path, Classification> classifyAll(Iterable<Path> files, int topK) {
    return classifyAll(files, PictureFiles.READER, topK);
  }

  /**
   * The most probable classes of any number of pictures, in their order, at the highest throughput:
   * reading, decoding, cropping and the network share the processors, and go on while the caller
   * looks at the results. A picture that is not sound has none, and the others do. The results have
   * the bits of single calls.
   *
   * <p>Up to {@link #maxBatch} pictures run at once, or one for each thread if that is more.
   *
   * @param pictures are asked for as they are needed, by one thread at a time, ahead of the results
   *     by a bounded number; if this is a collection, it must not change meanwhile. One that waits
   *     for a next picture may keep the results of those before it back
   * @param reader of what stands for a picture
   * @param topK how many of each, at least 1; more than there are classes means all
   * @return to be closed; once this classifier is closed, it ends with an {@link
   *     IllegalStateException} at the next picture
   * @throws IllegalArgumentException if {@code topK} is less than 1
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if there is no memory for the
   *     pictures of one batch
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public <S> PictureStream<S, Classification> classifyAll(
      Iterable<? extends S> pictures, PictureReader<? super S> reader, int topK) {
    return runner.stream(pictures, reader, ranking(topK));
  }

  /** {@link #batcher(PictureReader, int, Duration, int)} of decoded pictures, without a wait. */
  public Batcher<RgbImage, Classification> batcher(int topK, int mostWaiting) {
    return batcher(Pictures.READER, topK, Duration.ZERO, mostWaiting);
  }

  /**
   * A queue in front of this classifier, for many callers with a picture each.
   *
   * <p>Up to {@link #maxBatch} pictures run at once, or one for each thread if that is more.
   *
   * @param reader of what stands for a picture, called by the batcher's threads
   * @param topK how many classes of each, at least 1; more than there are means all
   * @param longestWait that the first picture of a batch waits for others; without a wait, batches
   *     form all the same when more come than can be run at once
   * @param mostWaiting pictures that no thread has taken; what they hold is not counted otherwise
   * @return to be closed before this classifier
   * @throws IllegalArgumentException if {@code topK} or {@code mostWaiting} is less than 1, or
   *     {@code longestWait} negative
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if there is no memory for the
   *     pictures of one batch
   * @throws IllegalStateException if this classifier or its backend is closed
   */
  public <S> Batcher<S, Classification> batcher(
      PictureReader<? super S> reader, int topK, Duration longestWait, int mostWaiting) {
    return runner.batcher(reader, longestWait, mostWaiting, ranking(topK));
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
    return runner.any(List.copyOf(images), deadline, new Outputs(labels.size()));
  }

  private PictureRunner.Result<Classification> ranking(int topK) {
    if (topK < 1) {
      throw new IllegalArgumentException("topK must be at least 1, got " + topK);
    }
    return new Ranked(Math.min(topK, labels.size()), labels);
  }

  private record Ranked(int k, Labels labels) implements PictureRunner.Result<Classification> {
    @Override
    public Classification of(float[] logits, int offset, Classification.Timing timing) {
      return new Classification(Ranking.top(k, logits, offset, labels), timing);
    }
  }

  /** What runs: its steps are what a profile prints. Closed with the classifier. */
  public Plan plan() {
    return runner.plan();
  }

  /**
   * What was opened, {@linkplain PretrainedModel#withoutValues without the weights' values}: the
   * plan has packed them.
   */
  public PretrainedModel model() {
    return runner.model();
  }

  /** The most pictures that run at once. */
  public int maxBatch() {
    return runner.maxBatch();
  }

  /**
   * Lets calls in flight finish, waiting for them, then releases sessions and plan. Calls that come
   * later throw {@link IllegalStateException}. Idempotent; may be called from any thread.
   */
  @Override
  public void close() {
    runner.close();
  }
}
