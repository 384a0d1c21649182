package org.resnet4j.core.backend;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Digits;

/**
 * A graph lowered for one device. Immutable and thread-safe; owns the packed weights, which all its
 * sessions share.
 */
public interface Plan extends AutoCloseable {
  /** Shape of one input image. */
  Shape inputShape();

  /** Shape of one result. */
  Shape outputShape();

  /** What a run does, in order. */
  List<StepInfo> steps();

  /**
   * What whoever looks for a fault may want to know of how the plan came about so far, one line
   * each: such as ways of computing that a library has declined, and why. None by default.
   */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Opens a session: allocates the memory to run up to {@code maxBatch} images at once.
   *
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1
   * @throws InsufficientMemoryException if the memory needed exceeds what there is
   * @throws IllegalStateException if the plan or its backend is closed
   */
  Session newSession(int maxBatch);

  /**
   * How many threads, each with a session of {@link #newSerialSession} of its own, make use of all
   * that the backend was given; 0, as by default, if a run does not take the time of its caller's
   * thread, as on a device.
   */
  default int serialSessions() {
    return 0;
  }

  /**
   * Opens a session that computes on its caller's thread alone, with the bits of all others: for
   * many callers, who then do not wait for each other. By default as {@link #newSession} does.
   *
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1
   * @throws InsufficientMemoryException if the memory needed exceeds what there is
   * @throws IllegalStateException if the plan or its backend is closed
   */
  default Session newSerialSession(int maxBatch) {
    return newSession(maxBatch);
  }

  /**
   * Runs batches of zeros in a session of its own until the JVM has compiled what a run needs, so
   * that the next run is at full speed; {@link WarmUp} says why. What is compiled serves all plans
   * of the process that use the same kernels. Other threads may use the plan meanwhile.
   *
   * @param batch as it will be run, since kernels for another number of images may differ
   * @param limit how long at most; a run in flight then is finished
   * @throws IllegalArgumentException if {@code batch} is less than 1, or its input or output
   *     exceeds an array
   * @throws RunCancelledException if the calling thread is interrupted
   * @throws InsufficientMemoryException if there is no memory for one session more
   * @throws IllegalStateException if the plan or its backend is closed
   */
  default WarmUp warmUp(int batch, Duration limit) {
    Objects.requireNonNull(limit, "limit");
    if (batch < 1) {
      throw new IllegalArgumentException("batch must be at least 1, got " + batch);
    }
    long larger = Math.max(inputShape().size(), outputShape().size());
    if (batch > Integer.MAX_VALUE / larger) {
      throw new IllegalArgumentException(
          "the input or output of %s images exceeds an array".formatted(batch));
    }
    try (Session session = newSession(batch)) {
      float[] input = values(batch, inputShape());
      float[] output = values(batch, outputShape());
      return WarmUp.repeat(() -> session.run(batch, input, output), limit);
    }
  }

  private static float[] values(int batch, Shape shape) {
    int size = batch * (int) shape.size();
    try {
      return new float[size];
    } catch (OutOfMemoryError e) {
      InsufficientMemoryException insufficient =
          new InsufficientMemoryException(
              "a batch of "
                  + batch
                  + " needs "
                  + Digits.megabytes((long) size * Float.BYTES)
                  + " for its values beside a session's memory, which are not left; choose a smaller"
                  + " batch (or raise the heap with -Xmx)");
      insufficient.initCause(e);
      throw insufficient;
    }
  }

  /**
   * Refuses new sessions. Open sessions go on; the weights are released with the last of them, also
   * where somebody keeps the plan.
   */
  @Override
  void close();
}
