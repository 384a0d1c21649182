package org.resnet4j.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.kernels.ElementType;

/**
 * One caller's memory on device and host. The first run of a batch size chooses algorithms and
 * captures a CUDA graph, which later runs of that size replay.
 */
final class CudaSession implements Session {
  /** Sizes of batches whose graphs are kept. */
  private static final int MAX_GRAPHS = 8;

  /** {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  private static final int OUT_OF_MEMORY = 2;

  private final CudaPlan plan;
  private final CudaContext context;
  private final int maxBatch;
  private final Resources resources;
  private final SessionMemory memory;

  /** By number of images, the least recently used first. */
  private final Map<Integer, BoundBatch> bound = new LinkedHashMap<>(16, 0.75f, true);

  private final SessionGuard guard = new SessionGuard(this::release);

  private CudaSession(CudaPlan plan, int maxBatch, DeviceLayout layout) {
    this.plan = plan;
    this.context = plan.context();
    this.maxBatch = maxBatch;
    this.resources = context.own(new Resources());
    try {
      this.memory = new SessionMemory(context, layout, resources);
    } catch (RuntimeException | Error e) {
      Failures.closeAfter(e, () -> context.release(resources));
      throw e;
    }
  }

  /** Allocates; see {@link org.resnet4j.core.backend.Plan#newSession}. */
  static CudaSession open(CudaPlan plan, int maxBatch) {
    CudaContext context = plan.context();
    DeviceLayout layout = DeviceLayout.of(plan.lowering(), maxBatch);
    return context.call(
        () -> withMemory(plan, maxBatch, () -> new CudaSession(plan, maxBatch, layout)));
  }

  /** Says of a device that is full what would fit. */
  private static <T> T withMemory(CudaPlan plan, int batch, Supplier<T> work) {
    try {
      return work.get();
    } catch (CudaException e) {
      if (e.code() != OUT_OF_MEMORY) {
        throw e;
      }
      throw BatchMemory.insufficient(
          batch,
          images -> DeviceLayout.of(plan.lowering(), images).bytes(),
          DeviceMemory.freeBytes(plan.context().gpu()));
    }
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(int batch, MemorySegment from, MemorySegment to, @Nullable Probe probe) {
    SessionGuard.check(plan, maxBatch, batch, from, to);
    guard.enter();
    try {
      context.enter();
      try {
        compute(batch, from, to, probe);
      } finally {
        context.leave();
      }
    } finally {
      guard.exit();
    }
  }

  private void compute(int batch, MemorySegment from, MemorySegment to, @Nullable Probe probe) {
    long inputBytes = batch * plan.inputShape().size() * Float.BYTES;
    MemorySegment.copy(from, 0, memory.input(), 0, inputBytes);
    if (probe == null) {
      context.gpu().run(() -> bound(batch).run());
    } else {
      observe(batch, probe);
    }
    copyLogits(batch, to);
  }

  private BoundBatch bound(int batch) {
    BoundBatch existing = bound.get(batch);
    if (existing != null) {
      return existing;
    }
    if (bound.size() == MAX_GRAPHS) {
      Map.Entry<Integer, BoundBatch> oldest = bound.entrySet().iterator().next();
      bound.remove(oldest.getKey());
      resources.release(oldest.getValue());
    }
    BoundBatch made;
    try {
      made = resources.own(new BoundBatch(plan, memory, batch));
    } catch (CudaException e) {
      if (e.code() != OUT_OF_MEMORY) {
        throw e;
      }
      throw new InsufficientMemoryException(
          String.format(
              Locale.ROOT,
              "a batch of %d has room for its values on the device, but not for the workspace and"
                  + " the graph of its run: %,d MB are free; open a session for fewer images",
              batch,
              DeviceMemory.freeBytes(context.gpu()) / 1_000_000));
    }
    bound.put(batch, made);
    return made;
  }

  /** The device has pixels before channels, the caller channels before pixels. */
  private void copyLogits(int batch, MemorySegment to) {
    Shape shape = plan.outputShape();
    if (shape.pixels() == 1) {
      MemorySegment.copy(memory.logits(), 0, to, 0, batch * shape.size() * Float.BYTES);
      return;
    }
    for (int image = 0; image < batch; image++) {
      float[] values = Values.chw(ElementType.F32, memory.logits(), image, shape, shape.channels());
      MemorySegment.copy(
          values,
          0,
          to,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          image * shape.size() * Float.BYTES,
          values.length);
    }
  }

  private void observe(int batch, Probe probe) {
    int steps = plan.steps().size();
    long[] nanos = new long[steps];
    float[][][] values = new float[steps][probe.wantsValues() ? batch : 0][];
    context
        .gpu()
        .run(() ->
            bound(batch)
                .run((step, taken) -> {
                  nanos[step] = taken;
                  read(plan.lowering().steps().get(step), batch, values[step]);
                }));
    for (int step = 0; step < steps; step++) {
      StepInfo info = plan.steps().get(step);
      probe.took(info, nanos[step]);
      for (int image = 0; image < values[step].length; image++) {
        probe.observe(info, image, values[step][image]);
      }
    }
  }

  private void read(CudaStep step, int batch, float[][] images) {
    if (images.length == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(plan.lowering().bytes(step) * batch);
      memory.read(step, copy);
      for (int image = 0; image < images.length; image++) {
        images[image] =
            Values.chw(
                plan.lowering().type(step), copy, image, step.node().shape(), step.channels());
      }
    }
  }

  private void release() {
    try {
      context.release(resources);
    } finally {
      plan.leave();
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
