package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.Schedule.Stage;
import org.resnet4j.simd.kernel.BlockedCopy;
import org.resnet4j.simd.kernel.Workspace;

/** The arena of one caller, and the plan's steps bound to it. */
final class SimdSession implements Session {
  private final SimdPlan plan;
  private final int maxBatch;
  private final Schedule schedule;
  private final Stage[] stages;
  private final List<Value> values;
  private final float[] arena;
  private final BoundStep[] steps;
  private final int outputFloats;
  private final float[] outputImage;
  private final RunInput input = new RunInput();
  private float[] lastInput = {};
  private MemorySegment lastSource = MemorySegment.NULL;
  private final SessionGuard guard = new SessionGuard(() -> {});

  SimdSession(SimdPlan plan, Placement placement, int maxBatch) {
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.schedule = placement.schedule();
    this.stages = schedule.stages().toArray(Stage[]::new);
    this.values = placement.values();
    this.arena = new float[Math.toIntExact(placement.size())];
    this.outputFloats = Math.toIntExact(plan.outputShape().size());
    this.outputImage = new float[outputFloats];
    List<SimdStep> lowered = plan.lowered();
    this.steps = new BoundStep[lowered.size()];
    Workspace workspace = new Workspace(plan.pool());
    for (int i = 0; i < steps.length; i++) {
      steps[i] = BoundStep.of(lowered.get(i), values, arena, input, workspace);
    }
    workspace.allocate();
  }

  /** The activations, for tests. */
  float[] arena() {
    return arena;
  }

  /** Where the values lie, for tests. */
  List<Value> values() {
    return values;
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
      plan.pool().checkOpen();
      input.source = from;
      Recorder recorder = probe == null ? null : new Recorder(plan.steps(), batch, probe);
      for (int chunk = 0; chunk < batch; chunk += schedule.chunk()) {
        int count = Math.min(schedule.chunk(), batch - chunk);
        runChunk(chunk, count, recorder);
        for (int image = 0; image < count; image++) {
          unpackOutput(image, outputImage, 0);
          long at = (long) (chunk + image) * outputFloats * Float.BYTES;
          MemorySegment.copy(
              outputImage, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, at, outputFloats);
        }
      }
      if (recorder != null) {
        recorder.report();
      }
    } finally {
      input.source = MemorySegment.NULL;
      guard.exit();
    }
  }

  /** The segment around the caller's array is kept, since most callers use one array again. */
  @Override
  @SuppressWarnings("ReferenceEquality") // the same array, whatever it holds
  public void run(int batch, float[] from, float[] to) {
    SessionGuard.check(plan, maxBatch, batch, from.length, to.length);
    guard.enter();
    try {
      plan.pool().checkOpen();
      if (lastInput != from) {
        lastInput = from;
        lastSource = MemorySegment.ofArray(from);
      }
      input.source = lastSource;
      for (int chunk = 0; chunk < batch; chunk += schedule.chunk()) {
        int count = Math.min(schedule.chunk(), batch - chunk);
        runChunk(chunk, count, null);
        for (int image = 0; image < count; image++) {
          unpackOutput(image, to, (chunk + image) * outputFloats);
        }
      }
    } finally {
      input.source = MemorySegment.NULL;
      guard.exit();
    }
  }

  private void runChunk(int start, int images, @Nullable Recorder recorder) {
    input.chunkStart = start;
    for (Stage stage : stages) {
      for (int first = 0; first < images; first += stage.images()) {
        int count = Math.min(stage.images(), images - first);
        for (int i = stage.first(); i < stage.end(); i++) {
          if (recorder == null) {
            steps[i].compute(first, count);
          } else {
            long before = System.nanoTime();
            steps[i].compute(first, count);
            recorder.took(i, System.nanoTime() - before);
            record(recorder, i, first, count);
          }
        }
      }
    }
  }

  private void record(Recorder recorder, int step, int first, int count) {
    if (!recorder.wantsValues()) {
      return;
    }
    Value value = values.get(step);
    for (int image = 0; image < count; image++) {
      float[] copy = new float[Math.toIntExact(plan.steps().get(step).shape().size())];
      BlockedCopy.unpack(value.layout(), arena, value.at(first), image, copy, 0);
      recorder.observed(step, input.chunkStart + first + image, copy);
    }
  }

  /** Copies the result of one image of the chunk. */
  private void unpackOutput(int image, float[] to, int at) {
    Value output = values.getLast();
    BlockedCopy.unpack(output.layout(), arena, output.at(0), image, to, at);
  }

  @Override
  public void close() {
    guard.close();
  }
}
