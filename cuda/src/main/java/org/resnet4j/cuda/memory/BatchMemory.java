package org.resnet4j.cuda.memory;

import java.util.Locale;
import java.util.function.IntToLongFunction;
import org.resnet4j.core.backend.InsufficientMemoryException;

/** Which batches fit into device memory. Stateless. */
public final class BatchMemory {
  private BatchMemory() {}

  /**
   * For a batch that did not fit, also where the free memory seemed enough: it may lie in parts.
   *
   * @param maxBatch number of images, at least 1
   * @param bytes that a batch needs; does not fall when the batch grows
   * @param freeBytes of device memory
   */
  public static InsufficientMemoryException insufficient(
      int maxBatch, IntToLongFunction bytes, long freeBytes) {
    int fitting = largest(maxBatch - 1, bytes, freeBytes);
    return new InsufficientMemoryException(
        String.format(
            Locale.ROOT,
            "a batch of %d needs %,d MB of device memory, %,d MB are free; %s (nvidia-smi lists"
                + " what other processes hold)",
            maxBatch,
            Math.ceilDiv(bytes.applyAsLong(maxBatch), 1_000_000L),
            freeBytes / 1_000_000L,
            InsufficientMemoryException.fitting(fitting)));
  }

  /** The largest batch up to {@code limit} that fits, or 0. */
  private static int largest(int limit, IntToLongFunction bytes, long freeBytes) {
    int fits = 0;
    int exceeds = limit + 1;
    while (exceeds - fits > 1) {
      int middle = (fits + exceeds) >>> 1;
      if (bytes.applyAsLong(middle) <= freeBytes) {
        fits = middle;
      } else {
        exceeds = middle;
      }
    }
    return fits;
  }
}
