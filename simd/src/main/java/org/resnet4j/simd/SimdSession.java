package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.plan.ArenaLayout;
import org.resnet4j.simd.kernel.BlockedCopy;
import org.resnet4j.simd.kernel.BlockedLayout;
import org.resnet4j.simd.kernel.Workspace;

/** The arena of one caller, and the plan's steps bound to it. */
final class SimdSession implements Session {
  private final SimdPlan plan;
  private final int maxBatch;
  private final float[] arena;
  private final BlockedLayout[] layouts;
  private final int[] offsets;
  private final BoundStep[] steps;
  private final float[] outputImage;
  private float[] lastInput = {};
  private MemorySegment lastSource = MemorySegment.NULL;
  private final SessionGuard guard = new SessionGuard(() -> {});

  /** The input of the run in flight. */
  private MemorySegment source = MemorySegment.NULL;

  SimdSession(SimdPlan plan, ArenaLayout arenaLayout, int maxBatch) {
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.arena = new float[Math.toIntExact(arenaLayout.size())];
    this.outputImage = new float[Math.toIntExact(plan.outputShape().size())];
    List<SimdStep> lowered = plan.lowered();
    this.layouts = new BlockedLayout[lowered.size()];
    this.offsets = new int[lowered.size()];
    this.steps = new BoundStep[lowered.size()];
    Workspace workspace = new Workspace(plan.pool());
    for (int i = 0; i < steps.length; i++) {
      layouts[i] = plan.layout(lowered.get(i).node(), maxBatch);
      offsets[i] = Math.toIntExact(arenaLayout.offset(i));
      steps[i] = BoundStep.of(lowered.get(i), layouts, offsets, arena, () -> source, workspace);
    }
    workspace.allocate();
  }

  /** The activations, for tests. */
  float[] arena() {
    return arena;
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(int batch, MemorySegment input, MemorySegment output, @Nullable Probe probe) {
    SessionGuard.check(plan, maxBatch, batch, input, output);
    guard.enter();
    try {
      plan.pool().checkOpen();
      source = input;
      runSteps(batch, probe);
      unpack(batch, output);
    } finally {
      source = MemorySegment.NULL;
      guard.exit();
    }
  }

  /** The segment around the caller's array is kept, since most callers use one array again. */
  @Override
  @SuppressWarnings("ReferenceEquality") // the same array, whatever it holds
  public void run(int batch, float[] input, float[] output) {
    SessionGuard.check(plan, maxBatch, batch, input.length, output.length);
    guard.enter();
    try {
      plan.pool().checkOpen();
      if (lastInput != input) {
        lastInput = input;
        lastSource = MemorySegment.ofArray(input);
      }
      source = lastSource;
      runSteps(batch, null);
      int last = steps.length - 1;
      for (int image = 0; image < batch; image++) {
        int to = image * outputImage.length;
        BlockedCopy.unpack(layouts[last], arena, offsets[last], image, output, to);
      }
    } finally {
      source = MemorySegment.NULL;
      guard.exit();
    }
  }

  private void runSteps(int batch, @Nullable Probe probe) {
    if (probe == null) {
      for (BoundStep step : steps) {
        step.run(batch);
      }
      return;
    }
    for (int i = 0; i < steps.length; i++) {
      long start = System.nanoTime();
      steps[i].run(batch);
      probe.took(plan.steps().get(i), System.nanoTime() - start);
      report(probe, i, batch);
    }
  }

  private void unpack(int batch, MemorySegment output) {
    int last = steps.length - 1;
    for (int image = 0; image < batch; image++) {
      BlockedCopy.unpack(layouts[last], arena, offsets[last], image, outputImage, 0);
      MemorySegment.copy(
          outputImage,
          0,
          output,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          (long) image * outputImage.length * Float.BYTES,
          outputImage.length);
    }
  }

  private void report(Probe probe, int step, int batch) {
    if (!probe.wantsValues()) {
      return;
    }
    for (int image = 0; image < batch; image++) {
      float[] values = new float[Math.toIntExact(plan.steps().get(step).shape().size())];
      BlockedCopy.unpack(layouts[step], arena, offsets[step], image, values, 0);
      probe.observe(plan.steps().get(step), image, values);
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
