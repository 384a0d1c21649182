package org.resnet4j.core;

import java.lang.ref.Reference;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Digits;

/** Opens a plan's sessions with their buffers, or says what is missing for one. Thread-safe. */
final class SessionOpener {
  private final Plan plan;
  private final int maxBatch;
  private final boolean serial;

  /**
   * @param serial whether of {@link Plan#newSerialSession}, without buffers for samples
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1 or its input exceeds an
   *     array
   */
  SessionOpener(Plan plan, int maxBatch, boolean serial) {
    long largest = Math.max(plan.inputShape().size(), plan.outputShape().size());
    if (maxBatch < 1 || maxBatch > Integer.MAX_VALUE / largest) {
      throw new IllegalArgumentException(
          "maxBatch must lie between 1 and " + Integer.MAX_VALUE / largest + ", got " + maxBatch);
    }
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.serial = serial;
  }

  /**
   * Opens one.
   *
   * @throws InsufficientMemoryException if the plan has no memory for it
   * @throws OutOfMemoryError if the heap has none
   */
  SessionPool.Lease open() {
    return open(maxBatch);
  }

  private SessionPool.Lease open(int batch) {
    byte[] samples = new byte[serial ? 0 : batch * size(plan.inputShape())];
    float[] output = new float[batch * size(plan.outputShape())];
    Session session = serial ? plan.newSerialSession(batch) : plan.newSession(batch);
    return new SessionPool.Lease(session, samples, output);
  }

  private static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  /** Where the heap has no memory for one: what is needed, what is left, what may fit. */
  InsufficientMemoryException insufficient() {
    Runtime.getRuntime().gc(); // garbage would count as used
    long free = HeapRoom.free();
    long image = plan.inputShape().size() + plan.outputShape().size() * Float.BYTES;
    return new InsufficientMemoryException(
        "a batch of "
            + maxBatch
            + " needs "
            + Digits.megabytes(maxBatch * image)
            + " for its pictures and results beside the session's working memory, "
            + Digits.wholeMegabytes(free)
            + " are left; "
            + InsufficientMemoryException.fitting(largest())
            + " (raise the heap with -Xmx)");
  }

  /**
   * The largest batch less than {@link #maxBatch} for which there is memory now, or 0; by trying,
   * with some of the heap held back for what opening, decoding and a call need beside it.
   */
  private int largest() {
    byte[] held;
    try {
      held = new byte[(int) HeapRoom.reserve()];
    } catch (OutOfMemoryError _) {
      return 0;
    }
    try {
      return largestThatOpens();
    } finally {
      Reference.reachabilityFence(held);
    }
  }

  private int largestThatOpens() {
    int fits = 0;
    int exceeds = maxBatch;
    while (exceeds - fits > 1) {
      int middle = (fits + exceeds) >>> 1;
      try {
        open(middle).session().close();
        fits = middle;
      } catch (InsufficientMemoryException | OutOfMemoryError _) {
        exceeds = middle;
      }
    }
    return fits;
  }
}
