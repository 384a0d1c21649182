package org.resnet4j.core.backend;

import java.util.List;
import org.resnet4j.core.tensor.Shape;

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
   * Opens a session: allocates the memory to run up to {@code maxBatch} images at once.
   *
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1
   * @throws InsufficientMemoryException if the memory needed exceeds what there is
   * @throws IllegalStateException if the plan or its backend is closed
   */
  Session newSession(int maxBatch);

  /** Refuses new sessions. Open sessions go on; the weights are released with the last of them. */
  @Override
  void close();
}
