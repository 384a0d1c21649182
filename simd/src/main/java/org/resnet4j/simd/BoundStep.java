package org.resnet4j.simd;

import java.util.List;
import org.resnet4j.core.graph.Window;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.Pooling;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;

/** A step on one session's arena. */
@FunctionalInterface
interface BoundStep {
  /** Computes the step for {@code count} images from image {@code first} of the chunk. */
  void compute(int first, int count);

  /**
   * Binds a step.
   *
   * @param values by node id
   * @param input the run's NCHW input
   */
  static BoundStep of(
      SimdStep step, List<Value> values, float[] arena, RunInput input, Workspace workspace) {
    Parallel parallel = workspace.parallel();
    List<Integer> inputs = step.node().inputs();
    Value y = values.get(step.node().id());
    return switch (step) {
      case SimdStep.InputStep _ -> new InputTask(y, arena, input, parallel);
      case SimdStep.ConvStep conv -> {
        Value x = values.get(inputs.getFirst());
        if (inputs.size() == 1) {
          BoundConv bound = conv.kernel().bind(x.layout(), y.layout(), null, workspace);
          yield (first, count) -> bound.run(count, arena, x.at(first), y.at(first), 0);
        }
        Value r = values.get(inputs.get(1));
        BoundConv bound = conv.kernel().bind(x.layout(), y.layout(), r.layout(), workspace);
        yield (first, count) -> bound.run(count, arena, x.at(first), y.at(first), r.at(first));
      }
      case SimdStep.MaxPoolStep pool ->
          new MaxPoolTask(pool.window(), values.get(inputs.getFirst()), y, arena, parallel);
      case SimdStep.AveragePoolStep _ ->
          new AveragePoolTask(values.get(inputs.getFirst()), y, arena, parallel);
    };
  }

  /** Max pooling; an item is one row of one channel block of one image. */
  final class MaxPoolTask implements BoundStep, Parallel.Task {
    private final Window window;
    private final Value from;
    private final Value to;
    private final float[] arena;
    private final Parallel parallel;
    private int xAt;
    private int yAt;

    MaxPoolTask(Window window, Value from, Value to, float[] arena, Parallel parallel) {
      this.window = window;
      this.from = from;
      this.to = to;
      this.arena = arena;
      this.parallel = parallel;
    }

    @Override
    public void compute(int first, int count) {
      BlockedLayout y = to.layout();
      xAt = from.at(first);
      yAt = to.at(first);
      parallel.run(count * y.blocks() * y.height(), this);
      y.clearHalo(arena, yAt, count);
    }

    @Override
    public void run(int item, int worker) {
      BlockedLayout y = to.layout();
      int block = item % y.blocks();
      int row = item / y.blocks() % y.height();
      int image = item / y.blocks() / y.height();
      Pooling.maxRow(
          arena,
          from.layout(),
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
  final class AveragePoolTask implements BoundStep, Parallel.Task {
    private final Value from;
    private final Value to;
    private final float[] arena;
    private final Parallel parallel;
    private int xAt;
    private int yAt;

    AveragePoolTask(Value from, Value to, float[] arena, Parallel parallel) {
      this.from = from;
      this.to = to;
      this.arena = arena;
      this.parallel = parallel;
    }

    @Override
    public void compute(int first, int count) {
      BlockedLayout y = to.layout();
      xAt = from.at(first);
      yAt = to.at(first);
      parallel.run(count * y.blocks(), this);
      y.clearHalo(arena, yAt, count);
    }

    @Override
    public void run(int item, int worker) {
      BlockedLayout y = to.layout();
      int block = item % y.blocks();
      Pooling.mean(arena, from.layout(), xAt, y, yAt, block, item / y.blocks());
    }
  }
}
