package org.resnet4j.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.InputForm;
import org.resnet4j.cuda.memory.BatchMemory;
import org.resnet4j.cuda.memory.BatchParts;
import org.resnet4j.cuda.memory.BatchSlot;
import org.resnet4j.cuda.memory.DeviceLayout;
import org.resnet4j.cuda.memory.FullMemory;
import org.resnet4j.cuda.memory.SessionMemory;
import org.resnet4j.cuda.memory.Values;

/**
 * One caller's memory on device and host. The first run of a batch size chooses algorithms and
 * captures a CUDA graph, which later runs of that size replay.
 *
 * <p>A large batch is computed in {@link BatchParts}: while the device computes one, the caller's
 * thread copies the input of the next to page-locked memory, whose upload goes on beside the work.
 *
 * <p>A probed run computes one part after the other.
 *
 * <p>A run that is cancelled ends before the next part; a part that has been launched finishes, and
 * is waited for, since it uses the session's memory.
 */
final class CudaSession implements Session {
  /** What is kept bound: sizes of batches, for each slot. */
  private static final int MAX_BOUND = 8;

  private final CudaPlan plan;
  private final CudaContext context;
  private final int maxBatch;
  private final BatchParts parts;
  private final Resources resources;
  private final SessionMemory memory;

  /** The least recently used first. */
  private final Map<Binding, BoundBatch> bound = new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by the guard, which releases once at a time. */
  private boolean left;

  private final SessionGuard guard = new SessionGuard(this::release);

  /**
   * What a caller gives.
   *
   * @param data all images of the batch
   * @param table of samples, else null
   */
  private record Input(InputForm form, MemorySegment data, @Nullable SampleTable table) {}

  /** What is bound once. */
  private record Binding(BatchSlot slot, int images) {}

  private CudaSession(CudaPlan plan, int maxBatch, DeviceLayout layout, BatchParts parts) {
    this.plan = plan;
    this.context = plan.context();
    this.maxBatch = maxBatch;
    this.parts = parts;
    this.resources = context.own(new Resources());
    try {
      this.memory = new SessionMemory(context, layout, plan.inputShape().channels(), resources);
    } catch (Throwable e) {
      Failures.closeAfter(e, () -> context.release(resources));
      throw e;
    }
  }

  /** Allocates; see {@link org.resnet4j.core.backend.Plan#newSession}. */
  static CudaSession open(CudaPlan plan, int maxBatch, DeviceLayout layout, BatchParts parts) {
    return plan.context()
        .call(() ->
            FullMemory.explained(
                plan.context().gpu(),
                freeBytes ->
                    BatchMemory.insufficient(
                        maxBatch,
                        images -> images == maxBatch ? layout.bytes() : wholeBytes(plan, images),
                        freeBytes),
                () -> new CudaSession(plan, maxBatch, layout, parts)));
  }

  /** Of a batch in one part. */
  private static long wholeBytes(CudaPlan plan, int images) {
    return DeviceLayout.of(plan.lowering(), new BatchParts(images, 1)).bytes();
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(
      int batch, MemorySegment from, MemorySegment to, @Nullable Probe probe, Deadline deadline) {
    SessionGuard.check(plan, maxBatch, batch, from, to);
    inUse(
        deadline,
        () -> {
          if (probe == null) {
            compute(batch, new Input(InputForm.FLOATS, from, null), to);
          } else {
            observe(batch, from, to, probe);
          }
        });
  }

  @Override
  public void runSamples(
      int batch, MemorySegment samples, SampleTable table, MemorySegment to, Deadline deadline) {
    SessionGuard.checkSamples(plan, maxBatch, batch, samples, table, to);
    inUse(deadline, () -> compute(batch, new Input(InputForm.SAMPLES, samples, table), to));
  }

  private void inUse(Deadline deadline, Runnable work) {
    guard.enter(deadline);
    try {
      context.enter();
      try {
        work.run();
      } finally {
        context.leave();
      }
    } finally {
      guard.exit();
    }
  }

  private void compute(int batch, Input input, MemorySegment to) {
    int count = parts.count(batch);
    if (count == 1) {
      guard.checkpoint();
      BatchSlot slot = memory.slots().getFirst();
      copyInput(batch, 0, input, slot);
      context.gpu().run(() -> bound(slot, batch, input).run(input.form()));
      copyLogits(batch, 0, slot, to);
    } else {
      try {
        computeParts(batch, count, input, to);
      } catch (Throwable e) {
        // What is in flight still reads and writes the slots.
        Failures.closeAfter(e, () -> context.gpu().run(this::synchronize));
        throw e;
      }
    }
  }

  private void computeParts(int batch, int count, Input input, MemorySegment to) {
    List<BatchSlot> slots = memory.slots();
    for (int part = 0; part < count + slots.size(); part++) {
      BatchSlot slot = slots.get(part % slots.size());
      int before = part - slots.size();
      if (before >= 0) {
        context.gpu().run(slot::await);
        int first = parts.first(batch, before);
        copyLogits(parts.first(batch, before + 1) - first, first, slot, to);
      }
      if (part < count) {
        guard.checkpoint();
        int first = parts.first(batch, part);
        int images = parts.first(batch, part + 1) - first;
        copyInput(images, first, input, slot);
        context.gpu().run(() -> bound(slot, images, input).queueApart(input.form()));
      }
    }
  }

  private void synchronize() {
    context.uploads().synchronize();
    context.stream().synchronize();
  }

  private void copyInput(int images, int first, Input input, BatchSlot slot) {
    long imageBytes = input.form().bytes(plan.inputShape());
    MemorySegment.copy(input.data(), first * imageBytes, slot.input(), 0, images * imageBytes);
  }

  private BoundBatch bound(BatchSlot slot, int images, Input input) {
    return FullMemory.explained(
        context.gpu(),
        freeBytes ->
            new InsufficientMemoryException(
                String.format(
                    Locale.ROOT,
                    "a batch of %d has room for its values on the device, but not for the"
                        + " workspace and the graph of its run: %,d MB are free; open a session"
                        + " for fewer images",
                    images,
                    freeBytes / 1_000_000)),
        () -> {
          if (input.table() != null) {
            memory.use(input.table(), context.stream());
          }
          BoundBatch prepared = bound(new Binding(slot, images));
          prepared.prepare(input.form());
          return prepared;
        });
  }

  private BoundBatch bound(Binding binding) {
    BoundBatch existing = bound.get(binding);
    if (existing != null) {
      return existing;
    }
    if (bound.size() == MAX_BOUND) {
      // Not one in flight, for that was used last.
      Map.Entry<Binding, BoundBatch> oldest = bound.entrySet().iterator().next();
      bound.remove(oldest.getKey());
      resources.release(oldest.getValue());
    }
    BoundBatch made = resources.own(new BoundBatch(plan, memory, binding.slot(), binding.images()));
    bound.put(binding, made);
    return made;
  }

  /** The device has pixels before channels, the caller channels before pixels. */
  private void copyLogits(int images, int first, BatchSlot slot, MemorySegment to) {
    Shape shape = plan.outputShape();
    long imageBytes = shape.size() * Float.BYTES;
    if (shape.pixels() == 1) {
      MemorySegment.copy(slot.logits(), 0, to, first * imageBytes, images * imageBytes);
      return;
    }
    for (int image = 0; image < images; image++) {
      float[] values = Values.chw(ElementType.F32, slot.logits(), image, shape, shape.channels());
      MemorySegment.copy(
          values,
          0,
          to,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          (first + image) * imageBytes,
          values.length);
    }
  }

  private void observe(int batch, MemorySegment from, MemorySegment to, Probe probe) {
    BatchSlot slot = memory.slots().getFirst();
    Input input = new Input(InputForm.FLOATS, from, null);
    int steps = plan.steps().size();
    long[] nanos = new long[steps];
    float[][][] values = new float[steps][batch][];
    for (int part = 0; part < parts.count(batch); part++) {
      guard.checkpoint();
      int first = parts.first(batch, part);
      int images = parts.first(batch, part + 1) - first;
      copyInput(images, first, input, slot);
      context
          .gpu()
          .run(() ->
              bound(slot, images, input)
                  .run((step, taken) -> {
                    nanos[step] += taken;
                    IntPredicate wanted =
                        image ->
                            !isConverted(step) && probe.wantsValue(plan.steps().get(step), image);
                    read(step, slot, images, first, wanted, values[step]);
                  }));
      copyLogits(images, first, slot, to);
    }
    for (int step = 0; step < steps; step++) {
      StepInfo info = plan.steps().get(step);
      probe.took(info, nanos[step]);
      for (int image = 0; image < batch; image++) {
        if (values[step][image] != null) {
          probe.observe(info, image, values[step][image]);
        }
      }
    }
  }

  /** Whether the next step gives the same node's value as the caller takes it. */
  private boolean isConverted(int step) {
    List<StepInfo> steps = plan.steps();
    return step + 1 < steps.size() && steps.get(step).node().equals(steps.get(step + 1).node());
  }

  /** The wanted values of a part's images, to their places in the batch. */
  private void read(
      int index, BatchSlot slot, int images, int first, IntPredicate wanted, float[][] batch) {
    if (IntStream.range(first, first + images).noneMatch(wanted)) {
      return;
    }
    CudaStep step = plan.lowering().steps().get(index);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(plan.lowering().bytes(step) * images);
      memory.read(step, slot, copy);
      for (int image = 0; image < images; image++) {
        if (wanted.test(first + image)) {
          batch[first + image] =
              Values.chw(
                  plan.lowering().type(step), copy, image, step.node().shape(), step.channels());
        }
      }
    }
  }

  private void release() {
    bound.clear();
    try {
      context.release(resources);
    } finally {
      if (!left) {
        left = true; // a close that is repeated after a failure leaves no second time
        plan.leave();
      }
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
