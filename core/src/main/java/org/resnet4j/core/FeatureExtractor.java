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
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.stack.StackReserve;

/**
 * From pictures to their features, also called embeddings: what the network has after its global
 * average pool, before its classifier. Pictures that look alike to the network have features that
 * point the same way, which a search by cosine finds.
 *
 * <p>Thread-safe, cancelled and limited as {@link Classifier} is. The bits of a picture's features
 * do not depend on the other pictures of its batch. A picture whose features are not all finite has
 * none: {@code extract} throws a {@link NonFiniteResultException} then.
 *
 * <p>Source: {@code torchvision.models.feature_extraction} at node {@code flatten}; timm's {@code
 * num_classes=0}.
 */
public final class FeatureExtractor implements AutoCloseable {
  private final PictureRunner runner;
  private final Outputs outputs;

  private FeatureExtractor(PictureRunner runner) {
    this.runner = runner;
    this.outputs = new Outputs(runner.model().features());
  }

  /** {@link #open(PretrainedModel, Backend, int, DecodeOptions)} with the default options. */
  public static FeatureExtractor open(PretrainedModel model, Backend backend, int maxBatch) {
    StackReserve.requireForFirstUse();
    return open(model, backend, maxBatch, DecodeOptions.DEFAULT);
  }

  /**
   * Compiles the model {@linkplain PretrainedModel#withoutClassifier without its classifier}, after
   * {@link Passes#inference}, and opens a first session.
   *
   * @param model with or without a classifier
   * @param backend stays the caller's, who closes it after the extractor
   * @param maxBatch the most pictures to run at once; working memory grows with it
   * @param decodeOptions for pictures given as files
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1, its input exceeds an
   *     array, or the model takes neither RGB nor grey pictures
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if such a batch does not fit the
   *     memory
   * @throws IllegalStateException if the backend is closed
   */
  public static FeatureExtractor open(
      PretrainedModel model, Backend backend, int maxBatch, DecodeOptions decodeOptions) {
    return new FeatureExtractor(
        PictureRunner.open(
            "feature extractor", model.withoutClassifier(), backend, maxBatch, decodeOptions));
  }

  /**
   * As {@link Classifier#warmUp}.
   *
   * @param limit how long at most; a run in flight then is finished
   * @throws RunCancelledException if the calling thread is interrupted
   * @throws IllegalStateException if this extractor or its backend is closed
   */
  public WarmUp warmUp(Duration limit) {
    return runner.warmUp(limit);
  }

  /** {@link #extract(Path, Deadline)} without a deadline. */
  public float[] extract(Path image) throws ImageDecodeException {
    return extract(image, Deadline.NONE);
  }

  /**
   * The features of a picture in a file.
   *
   * @param deadline when the result is no longer wanted
   * @return an array of {@link #length} of the caller's own
   * @throws ImageDecodeException if the file cannot be read or is no sound picture
   * @throws NonFiniteResultException if the features are not all finite
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this extractor or its backend is closed
   */
  public float[] extract(Path image, Deadline deadline) throws ImageDecodeException {
    return runner.finite(image, deadline, outputs);
  }

  /** {@link #extract(List, Deadline)} of one picture without a deadline. */
  public float[] extract(RgbImage image) {
    return extract(List.of(image), Deadline.NONE).getFirst();
  }

  /** {@link #extract(List, Deadline)} without a deadline. */
  public List<float[]> extract(List<RgbImage> images) {
    return extract(images, Deadline.NONE);
  }

  /**
   * The features of each picture, in batches of up to {@link #maxBatch}.
   *
   * @param images any number, also none
   * @param deadline when the results are no longer wanted
   * @return for each picture, in their order, an array of {@link #length} of its own
   * @throws NonFiniteResultException if a picture's features are not all finite; names the first
   *     such picture
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this extractor or its backend is closed
   */
  public List<float[]> extract(List<RgbImage> images, Deadline deadline) {
    return runner.finite(List.copyOf(images), deadline, outputs);
  }

  /** {@link #extractAll(Iterable, PictureReader)} of files. */
  public PictureStream<Path, float[]> extractAll(Iterable<Path> files) {
    return extractAll(files, PictureFiles.READER);
  }

  /**
   * The features of any number of pictures, as {@link Classifier#classifyAll(Iterable,
   * PictureReader, int)} gives their classes.
   *
   * @param pictures are asked for as they are needed, by one thread at a time
   * @param reader of what stands for a picture
   * @return to be closed; each answer is an array of {@link #length} of its own
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if there is no memory for the
   *     pictures of one batch
   * @throws IllegalStateException if this extractor or its backend is closed
   */
  public <S> PictureStream<S, float[]> extractAll(
      Iterable<? extends S> pictures, PictureReader<? super S> reader) {
    return runner.stream(pictures, reader, outputs);
  }

  /**
   * A queue in front of this extractor, for many callers with a picture each, as {@link
   * Classifier#batcher(PictureReader, int, Duration, int)} is.
   *
   * @param reader of what stands for a picture, called by the batcher's threads
   * @param longestWait that the first picture of a batch waits for others
   * @param mostWaiting pictures that no thread has taken
   * @return to be closed before this extractor
   * @throws IllegalArgumentException if {@code mostWaiting} is less than 1, or {@code longestWait}
   *     negative
   * @throws IllegalStateException if this extractor or its backend is closed
   */
  public <S> Batcher<S, float[]> batcher(
      PictureReader<? super S> reader, Duration longestWait, int mostWaiting) {
    return runner.batcher(reader, longestWait, mostWaiting, outputs);
  }

  /** How many features a picture has: 512 or 2048 in the published networks. */
  public int length() {
    return outputs.count();
  }

  /** What runs: its steps are what a profile prints. Closed with the extractor. */
  public Plan plan() {
    return runner.plan();
  }

  /** What runs, without its classifier and the weights' values. */
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
