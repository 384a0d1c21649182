package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.core.graph.Window;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.matrix.MatrixConvCall;

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
      SimdStep step, List<Value> values, Activations arena, RunInput input, Workspace workspace) {
    Parallel parallel = workspace.parallel();
    List<Integer> inputs = step.node().inputs();
    Value y = values.get(step.node().id());
    return switch (step) {
      case SimdStep.InputStep _ -> new InputTask(y, arena, input, parallel);
      case SimdStep.ConvStep conv -> {
        Value x = values.get(inputs.getFirst());
        float[] data = ((Activations.Floats) arena).data();
        if (inputs.size() == 1) {
          BoundConv bound = conv.kernel().bind(x.layout(), y.layout(), null, workspace);
          yield (first, count) -> bound.run(count, data, x.at(first), y.at(first), 0);
        }
        Value r = values.get(inputs.get(1));
        BoundConv bound = conv.kernel().bind(x.layout(), y.layout(), r.layout(), workspace);
        yield (first, count) -> bound.run(count, data, x.at(first), y.at(first), r.at(first));
      }
      case SimdStep.MatrixConvStep conv -> {
        Value x = values.get(inputs.getFirst());
        MemorySegment data = ((Activations.Halves) arena).data();
        Value r = inputs.size() == 1 ? null : values.get(inputs.get(1));
        MatrixConvCall bound =
            conv.kernel().bind(x.layout(), y.layout(), r == null ? null : r.layout(), workspace);
        long unit = Element.BFLOAT16.bytes();
        yield r == null
            ? (first, count) -> bound.run(count, data, x.at(first) * unit, y.at(first) * unit, 0)
            : (first, count) ->
                bound.run(count, data, x.at(first) * unit, y.at(first) * unit, r.at(first) * unit);
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
    private final Activations arena;
    private final Parallel parallel;
    private int xAt;
    private int yAt;

    MaxPoolTask(Window window, Value from, Value to, Activations arena, Parallel parallel) {
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
      arena.clearHalo(to, yAt, count);
    }

    @Override
    public void run(int item, int worker) {
      BlockedLayout y = to.layout();
      int block = item % y.blocks();
      int row = item / y.blocks() % y.height();
      int image = item / y.blocks() / y.height();
      arena.maxRow(from, xAt, to, yAt, window, block, image, row);
    }
  }

  /** Global average pooling; an item is one channel block of one image. */
  final class AveragePoolTask implements BoundStep, Parallel.Task {
    private final Value from;
    private final Value to;
    private final Activations arena;
    private final Parallel parallel;
    private int xAt;
    private int yAt;

    AveragePoolTask(Value from, Value to, Activations arena, Parallel parallel) {
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
      arena.clearHalo(to, yAt, count);
    }

    @Override
    public void run(int item, int worker) {
      BlockedLayout y = to.layout();
      int block = item % y.blocks();
      arena.mean(from, xAt, to, yAt, block, item / y.blocks());
    }
  }
}
