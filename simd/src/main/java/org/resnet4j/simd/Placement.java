package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.plan.ArenaLayout;
import org.resnet4j.core.plan.ArenaPlanner;
import org.resnet4j.core.plan.Lifetime;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.simd.Schedule.Stage;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Element;

/**
 * Where the values of a session lie in its arena.
 *
 * <p>A value that only its own stage reads has room for one part of a chunk, which the next part
 * overwrites while it is still in the caches. A value that a later stage reads, too, has room for
 * the chunk and lives from the beginning of the first stage to the end of the last.
 *
 * <p>A convolution writes its result over its residual if nothing else reads that afterwards: one
 * value less to read into the caches.
 *
 * @param schedule how the session cuts a batch
 * @param values by node id
 * @param element what the arena consists of
 * @param size elements of the arena
 */
record Placement(Schedule schedule, List<Value> values, Element element, long size) {
  /**
   * One node's value.
   *
   * @param layout for as many images as there is room for
   * @param element what it consists of
   * @param offset of the layout in the arena, in the arena's elements
   * @param partStride the arena's elements from one image of a chunk to the next, or 0 if each part
   *     of the chunk lies in the same place
   */
  record Value(BlockedLayout layout, Element element, long offset, int partStride) {
    /** Where the part that begins with image {@code first} of the chunk lies. */
    int at(int first) {
      return Math.toIntExact(offset) + first * partStride;
    }
  }

  /**
   * For each step the value it overwrites with its own, or -1.
   *
   * @param steps in the order of their nodes, whose values they compute
   */
  static int[] overwritten(List<SimdStep> steps) {
    int[] lastReader = lastReaders(steps);
    int[] overwritten = new int[steps.size()];
    Arrays.fill(overwritten, -1);
    for (SimdStep step : steps) {
      List<Integer> inputs = step.node().inputs();
      if (inputs.size() == 2
          && !inputs.get(0).equals(inputs.get(1))
          && lastReader[inputs.get(1)] == step.node().id()
          && !(steps.get(inputs.get(1)) instanceof SimdStep.InputStep)) {
        overwritten[step.node().id()] = inputs.get(1);
      }
    }
    return overwritten;
  }

  private static int[] lastReaders(List<SimdStep> steps) {
    int[] last = new int[steps.size()];
    for (SimdStep step : steps) {
      last[step.node().id()] = step.node().id();
      step.node().inputs().forEach(input -> last[input] = step.node().id());
    }
    last[steps.size() - 1] = steps.size(); // the output is read after the last step
    return last;
  }

  /**
   * Places the values of a session.
   *
   * @param steps in the order of their nodes
   * @param overwritten see {@link #overwritten}
   * @param halos by node id; that of a value and of what it overwrites are equal
   * @param blocks channels that lie together, by node id
   * @param element what the arena consists of
   * @param maxBatch the session's
   */
  static Placement of(
      List<SimdStep> steps,
      int[] overwritten,
      int[] halos,
      int[] blocks,
      Element element,
      int maxBatch) {
    int count = steps.size();
    Schedule schedule = Schedule.of(activationBytes(steps, overwritten, halos, blocks), maxBatch);
    Stage[] stages = schedule.byStep(count);
    int[] places = new int[count];
    int[] last = lastReaders(steps);
    for (int id = count - 1; id >= 0; id--) {
      // Whoever is overwritten lives on in the place of the value that overwrites it.
      if (overwritten[id] >= 0) {
        last[overwritten[id]] = last[id];
      }
    }
    List<Lifetime> lifetimes = new ArrayList<>();
    BlockedLayout[] layouts = new BlockedLayout[count];
    boolean[] whole = new boolean[count];
    for (int id = 0; id < count; id++) {
      int under = overwritten[id];
      Stage end = stages[Math.min(last[id], count - 1)];
      whole[id] = under >= 0 ? whole[under] : !end.equals(stages[id]);
      int images = whole[id] ? schedule.chunk() : stages[id].images();
      layouts[id] = layout(steps.get(id).node(), images, halos[id], blocks[id]);
      if (under >= 0) {
        places[id] = places[under];
      } else {
        places[id] = lifetimes.size();
        int from = whole[id] ? stages[id].first() : id;
        int to = whole[id] ? Math.max(end.end() - 1, last[id]) : last[id];
        lifetimes.add(new Lifetime(layouts[id].size() * width(steps.get(id), element), from, to));
      }
    }
    ArenaLayout arena = ArenaPlanner.plan(lifetimes, element.block());
    int begin = Activations.first(element);
    List<Value> values = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      SimdStep step = steps.get(id);
      int stride = whole[id] ? layouts[id].imageStride() * width(step, element) : 0;
      long offset = begin + arena.offset(places[id]);
      values.add(new Value(layouts[id], step.element(), offset, stride));
    }
    return new Placement(schedule, List.copyOf(values), element, begin + arena.size());
  }

  /** Elements of an arena that one of a value's takes. */
  private static int width(SimdStep step, Element arena) {
    return step.element().bytes() / arena.bytes();
  }

  /** A layout for {@code images} images of a node's value. */
  static BlockedLayout layout(Node node, int images, int halo, int block) {
    Shape shape = node.shape();
    return new BlockedLayout(shape.channels(), images, shape.height(), shape.width(), halo, block);
  }

  /** For each step what it reads and writes of one image. */
  private static long[] activationBytes(
      List<SimdStep> steps, int[] overwritten, int[] halos, int[] blocks) {
    long[] own = new long[steps.size()];
    long[] bytes = new long[steps.size()];
    for (SimdStep step : steps) {
      int id = step.node().id();
      own[id] = layout(step.node(), 1, halos[id], blocks[id]).size() * step.element().bytes();
      bytes[id] = own[id];
      for (int input : step.node().inputs()) {
        bytes[id] += input == overwritten[id] ? 0 : own[input];
      }
    }
    return bytes;
  }
}
