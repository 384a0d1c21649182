package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Window;
import org.resnet4j.simd.kernel.BlockedLayout;
import org.resnet4j.simd.kernel.BoundConv;
import org.resnet4j.simd.kernel.Parallel;
import org.resnet4j.simd.kernel.Pooling;
import org.resnet4j.simd.kernel.Workspace;

/** A step on one session's arena. */
@FunctionalInterface
interface BoundStep {
  /** Computes the step for the first {@code batch} images. */
  void run(int batch);

  /**
   * Binds a step.
   *
   * @param layouts by node id; entries up to the step's own are set
   * @param offsets by node id, likewise
   * @param input the run's NCHW input
   */
  static BoundStep of(
      SimdStep step,
      BlockedLayout[] layouts,
      int[] offsets,
      float[] arena,
      Supplier<MemorySegment> input,
      Workspace workspace) {
    Parallel parallel = workspace.parallel();
    List<Integer> inputs = step.node().inputs();
    int y = step.node().id();
    return switch (step) {
      case SimdStep.InputStep _ -> new InputTask(layouts[y], offsets[y], arena, input, parallel);
      case SimdStep.ConvStep conv -> {
        int x = inputs.get(0);
        int residual = inputs.size() > 1 ? inputs.get(1) : -1;
        @Nullable BlockedLayout residualLayout = residual < 0 ? null : layouts[residual];
        BoundConv bound = conv.kernel().bind(layouts[x], layouts[y], residualLayout, workspace);
        int xAt = offsets[x];
        int yAt = offsets[y];
        int residualAt = residual < 0 ? 0 : offsets[residual];
        yield batch -> bound.run(batch, arena, xAt, yAt, residualAt);
      }
      case SimdStep.MaxPoolStep pool ->
          new MaxPoolTask(
              pool.window(),
              layouts[inputs.getFirst()],
              offsets[inputs.getFirst()],
              layouts[y],
              offsets[y],
              arena,
              parallel);
      case SimdStep.AveragePoolStep _ ->
          new AveragePoolTask(
              layouts[inputs.getFirst()],
              offsets[inputs.getFirst()],
              layouts[y],
              offsets[y],
              arena,
              parallel);
    };
  }

  /** Max pooling; an item is one row of one channel block of one image. */
  record MaxPoolTask(
      Window window,
      BlockedLayout x,
      int xAt,
      BlockedLayout y,
      int yAt,
      float[] arena,
      Parallel parallel)
      implements BoundStep, Parallel.Task {
    @Override
    public void run(int batch) {
      parallel.run(batch * y.blocks() * y.height(), this);
      y.clearHalo(arena, yAt, batch);
    }

    @Override
    public void run(int item, int worker) {
      int row = item % y.height();
      int block = item / y.height() % y.blocks();
      int image = item / y.height() / y.blocks();
      Pooling.maxRow(
          arena,
          x,
          xAt,
          y,
          yAt,
          window.kernel(),
          window.stride(),
          window.padding(),
          block,
          image,
          row);
    }
  }

  /** Global average pooling; an item is one channel block of one image. */
  record AveragePoolTask(
      BlockedLayout x, int xAt, BlockedLayout y, int yAt, float[] arena, Parallel parallel)
      implements BoundStep, Parallel.Task {
    @Override
    public void run(int batch) {
      parallel.run(batch * y.blocks(), this);
      y.clearHalo(arena, yAt, batch);
    }

    @Override
    public void run(int item, int worker) {
      Pooling.mean(arena, x, xAt, y, yAt, item % y.blocks(), item / y.blocks());
    }
  }
}
