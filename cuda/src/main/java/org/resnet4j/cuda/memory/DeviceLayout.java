package org.resnet4j.cuda.memory;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.plan.ArenaLayout;
import org.resnet4j.core.plan.ArenaPlanner;
import org.resnet4j.core.plan.Lifetime;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.Lowering;

/**
 * Where a session's values lie in its one block of device memory. All offsets are multiples of 256
 * bytes.
 *
 * <p>Input and logits share memory with nothing. Nor does a result lie where its residual was:
 * cuDNN writes the convolution there before the epilogue adds.
 *
 * @param batch the number of images there is room for
 * @param inputs what the caller gave, NCHW float32 or NHWC bytes, for each part in flight
 * @param logits the results, NHWC float32, for each part in flight
 * @param values by node id; that of a step which writes the logits is the first of {@code logits}
 * @param bytes of the whole block
 */
public record DeviceLayout(
    int batch, List<Region> inputs, List<Region> logits, List<Region> values, long bytes) {

  /** A part of the block. */
  public record Region(long offset, long bytes) {
    /** The next part's place. */
    private long alignedEnd() {
      return DeviceMemory.aligned(offset + bytes);
    }
  }

  public DeviceLayout {
    inputs = List.copyOf(inputs);
    logits = List.copyOf(logits);
    values = List.copyOf(values);
  }

  /**
   * For parts.
   *
   * @throws InsufficientMemoryException if it is more than {@link #largestBatch(Lowering)}
   */
  public static DeviceLayout of(Lowering lowering, BatchParts parts) {
    int batch = parts.images();
    int largest = largestBatch(lowering);
    if (batch > largest) {
      throw new InsufficientMemoryException(
          "a batch of "
              + batch
              + " has a value that 31 bits cannot index; the largest batch that they can is "
              + largest);
    }
    long inputBytes = lowering.skeleton().inputShape().size() * Float.BYTES * batch;
    long logitsBytes = lowering.bytes(lowering.steps().getLast()) * batch;
    List<Region> inputs = new ArrayList<>();
    List<Region> logits = new ArrayList<>();
    long base = 0;
    for (int slot = 0; slot < parts.slots(); slot++) {
      inputs.add(new Region(base, inputBytes));
      logits.add(new Region(inputs.getLast().alignedEnd(), logitsBytes));
      base = logits.getLast().alignedEnd();
    }
    List<CudaStep> steps = lowering.steps();
    List<Lifetime> lifetimes =
        Lifetime.of(
            lowering.skeleton(),
            node -> {
              CudaStep step = steps.get(node.id());
              return step.writesLogits() ? 0 : lowering.bytes(step) * batch;
            });
    ArenaLayout arena = ArenaPlanner.plan(lifetimes, DeviceMemory.ALIGNMENT_BYTES);
    List<Region> values = new ArrayList<>();
    for (int id = 0; id < lifetimes.size(); id++) {
      values.add(
          steps.get(id).writesLogits()
              ? logits.getFirst()
              : new Region(base + arena.offset(id), lifetimes.get(id).size()));
    }
    return new DeviceLayout(batch, inputs, logits, values, base + arena.size());
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
