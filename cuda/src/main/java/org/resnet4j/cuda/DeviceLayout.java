package org.resnet4j.cuda;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.plan.ArenaLayout;
import org.resnet4j.core.plan.ArenaPlanner;
import org.resnet4j.core.plan.Lifetime;

/**
 * Where a session's values lie in its one block of device memory. All offsets are multiples of 256
 * bytes.
 *
 * <p>Input and logits share memory with nothing. Nor does a result lie where its residual was:
 * cuDNN writes the convolution there before the epilogue adds.
 *
 * @param batch the number of images there is room for
 * @param input what the caller gave, NCHW float32
 * @param logits the result, NHWC float32
 * @param values by node id; that of a step which writes the logits is {@code logits}
 * @param bytes of the whole block
 */
record DeviceLayout(int batch, Region input, Region logits, List<Region> values, long bytes) {
  /** What {@code cuMemAlloc} aligns to. */
  private static final int ALIGNMENT_BYTES = 256;

  /** A part of the block. */
  record Region(long offset, long bytes) {
    /** The next part's place. */
    private long alignedEnd() {
      return aligned(offset + bytes);
    }
  }

  /** The next multiple of the alignment. */
  static long aligned(long bytes) {
    return Math.ceilDiv(bytes, (long) ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  DeviceLayout {
    values = List.copyOf(values);
  }

  /**
   * For batches of up to {@code batch} images.
   *
   * @throws IllegalArgumentException if that is less than 1
   * @throws InsufficientMemoryException if it is more than {@link #largestBatch(Lowering)}
   */
  static DeviceLayout of(Lowering lowering, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, got " + batch);
    }
    int largest = largestBatch(lowering);
    if (batch > largest) {
      throw new InsufficientMemoryException(
          "a batch of "
              + batch
              + " has a value that 31 bits cannot index; the largest batch that they can is "
              + largest);
    }
    Region input = new Region(0, lowering.skeleton().inputShape().size() * Float.BYTES * batch);
    Region logits =
        new Region(input.alignedEnd(), lowering.bytes(lowering.steps().getLast()) * batch);
    List<CudaStep> steps = lowering.steps();
    List<Lifetime> lifetimes =
        Lifetime.of(
            lowering.skeleton(),
            node -> {
              CudaStep step = steps.get(node.id());
              return step.writesLogits() ? 0 : lowering.bytes(step) * batch;
            });
    ArenaLayout arena = ArenaPlanner.plan(lifetimes, ALIGNMENT_BYTES);
    long base = logits.alignedEnd();
    List<Region> values = new ArrayList<>();
    for (int id = 0; id < lifetimes.size(); id++) {
      values.add(
          steps.get(id).writesLogits()
              ? logits
              : new Region(base + arena.offset(id), lifetimes.get(id).size()));
    }
    return new DeviceLayout(batch, input, logits, values, base + arena.size());
  }

  /**
   * The largest batch whose values 31 bits can index, as cuDNN and kernels do, and the bytes of
   * whose input and result they can count, as copies on the host do; 0 for none.
   */
  static int largestBatch(Lowering lowering) {
    long elements = lowering.steps().stream().mapToLong(Lowering::elements).max().orElseThrow();
    long input = lowering.skeleton().inputShape().size() * Float.BYTES;
    long logits = lowering.bytes(lowering.steps().getLast());
    return (int) (Integer.MAX_VALUE / Math.max(elements, Math.max(input, logits)));
  }
}
