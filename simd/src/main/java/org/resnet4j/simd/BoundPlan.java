package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.Schedule.Stage;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;

/**
 * A plan's steps bound to an arena and to the threads that work on it. Computes any number of
 * images, chunk by chunk. Not thread-safe.
 */
final class BoundPlan {
  private final SimdPlan plan;
  private final Schedule schedule;
  private final Stage[] stages;
  private final List<Value> values;
  private final Activations arena;
  private final BoundStep[] steps;
  private final float[] outputImage;
  private final RunInput input = new RunInput();
  private final SessionGuard guard;

  /**
   * Allocates.
   *
   * @param lowered the plan's steps
   * @param guard is asked before each step whether the run goes on
   */
  BoundPlan(
      SimdPlan plan,
      List<SimdStep> lowered,
      Placement placement,
      Parallel parallel,
      SessionGuard guard) {
    this.plan = plan;
    this.guard = guard;
    this.schedule = placement.schedule();
    this.stages = schedule.stages().toArray(Stage[]::new);
    this.values = placement.values();
    this.arena = Activations.allocate(placement.element(), placement.size());
    this.outputImage = new float[Math.toIntExact(plan.outputShape().size())];
    this.steps = new BoundStep[lowered.size()];
    Workspace workspace = new Workspace(parallel, plan.machine());
    for (int i = 0; i < steps.length; i++) {
      steps[i] = BoundStep.of(lowered.get(i), values, arena, input, workspace);
    }
    workspace.allocate();
  }

  /** The activations, for tests. */
  Activations arena() {
    return arena;
  }

  /** Where the values lie, for tests. */
  List<Value> values() {
    return values;
  }

  /**
   * Computes images {@code first} to {@code first + count - 1} of a batch.
   *
   * @param from the batch's images, as {@link RunInput#source} says
   * @param table what samples mean; null for floats
   * @param to receives their results, at their places in the batch
   */
  void run(
      MemorySegment from,
      @Nullable SampleTable table,
      MemorySegment to,
      int first,
      int count,
      @Nullable Recorder recorder) {
    input.source = from;
    input.table = table;
    try {
      for (int done = 0; done < count; done += schedule.chunk()) {
        int images = Math.min(schedule.chunk(), count - done);
        input.chunkStart = first + done;
        runChunk(images, recorder);
        for (int image = 0; image < images; image++) {
          copyOutput(image, to);
        }
      }
    } finally {
      input.source = MemorySegment.NULL;
      input.table = null;
    }
  }

  private void runChunk(int images, @Nullable Recorder recorder) {
    for (Stage stage : stages) {
      for (int first = 0; first < images; first += stage.images()) {
        int count = Math.min(stage.images(), images - first);
        for (int i = stage.first(); i < stage.end(); i++) {
          guard.checkpoint();
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
    Value value = values.get(step);
    for (int image = 0; image < count; image++) {
      int inBatch = input.chunkStart + first + image;
      if (recorder.wants(step, inBatch)) {
        float[] copy = new float[Math.toIntExact(plan.steps().get(step).shape().size())];
        arena.unpack(value, value.at(first), image, copy);
        recorder.observed(step, inBatch, copy);
      }
    }
  }

  /** Copies the result of one image of the chunk to its place in the batch. */
  private void copyOutput(int image, MemorySegment to) {
    Value output = values.getLast();
    arena.unpack(output, output.at(0), image, outputImage);
    long at = (long) (input.chunkStart + image) * outputImage.length * Float.BYTES;
    MemorySegment.copy(
        outputImage, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, at, outputImage.length);
  }
}
