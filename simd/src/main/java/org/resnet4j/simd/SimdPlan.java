package org.resnet4j.simd;

import java.util.Arrays;
import java.util.List;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.plan.ArenaLayout;
import org.resnet4j.core.plan.ArenaPlanner;
import org.resnet4j.core.plan.Lifetime;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.simd.kernel.BlockedLayout;

/** Steps with packed weights; lays out each session's arena. */
final class SimdPlan implements Plan {
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  private final Graph skeleton;
  private final List<SimdStep> steps;
  private final int[] halos;
  private final int[] blocks;
  private final List<StepInfo> infos;
  private final WorkerPool pool;
  private volatile boolean closed;

  SimdPlan(Graph skeleton, List<SimdStep> steps, WorkerPool pool) {
    this.skeleton = skeleton;
    this.steps = List.copyOf(steps);
    this.pool = pool;
    this.halos = halos(steps);
    this.blocks = blocks(steps);
    this.infos = steps.stream().map(this::info).toList();
  }

  /** Per node, the widest halo any reader asks for. */
  private static int[] halos(List<SimdStep> steps) {
    int[] halos = new int[steps.size()];
    for (SimdStep step : steps) {
      if (!step.node().inputs().isEmpty()) {
        int input = step.node().inputs().getFirst();
        halos[input] = Math.max(halos[input], step.inputHalo());
      }
    }
    return halos;
  }

  /** Per node, the channels that lie together, on which the compiler makes all readers agree. */
  private static int[] blocks(List<SimdStep> steps) {
    int[] blocks = new int[steps.size()];
    Arrays.fill(blocks, BlockedLayout.BLOCK);
    for (SimdStep step : steps) {
      if (!step.node().inputs().isEmpty()) {
        blocks[step.node().inputs().getFirst()] = step.inputBlock();
      }
    }
    return blocks;
  }

  private StepInfo info(SimdStep step) {
    Node node = step.node();
    return new StepInfo(
        node.name(),
        step.kernelName(),
        node.shape(),
        Counts.multiplyAdds(node),
        step.weightBytes(),
        layout(node, 1).size() * Float.BYTES);
  }

  /** Where a node's value lies in a session for {@code batch} images. */
  BlockedLayout layout(Node node, int batch) {
    Shape shape = node.shape();
    return new BlockedLayout(
        shape.channels(),
        batch,
        shape.height(),
        shape.width(),
        halos[node.id()],
        blocks[node.id()]);
  }

  private ArenaLayout arena(int batch) {
    return ArenaPlanner.plan(
        Lifetime.of(skeleton, node -> layout(node, batch).size()), BlockedLayout.BLOCK);
  }

  List<SimdStep> lowered() {
    return steps;
  }

  WorkerPool pool() {
    return pool;
  }

  @Override
  public Shape inputShape() {
    return skeleton.inputShape();
  }

  @Override
  public Shape outputShape() {
    return skeleton.output().shape();
  }

  @Override
  public List<StepInfo> steps() {
    return infos;
  }

  @Override
  public Session newSession(int maxBatch) {
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
    pool.checkOpen();
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, got " + maxBatch);
    }
    long limit = Math.min(MAX_ARRAY, Runtime.getRuntime().maxMemory() / Float.BYTES);
    if (arena(1).size() > limit / maxBatch) {
      throw insufficient(maxBatch);
    }
    try {
      return new SimdSession(this, arena(maxBatch), maxBatch);
    } catch (OutOfMemoryError _) {
      // Nobody can tell beforehand: what counts as used may be garbage, and what is free in parts.
      throw insufficient(maxBatch);
    }
  }

  private InsufficientMemoryException insufficient(int maxBatch) {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc(); // garbage would count as used, and the advice be wrong
    long freeBytes = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    long limit = Math.min(MAX_ARRAY, freeBytes / Float.BYTES);
    long perImage = arena(1).size();
    return new InsufficientMemoryException(
        String.format(
            "a batch of %d needs %,d MB of working memory, %,d MB are left; the largest batch that"
                + " may fit is %d (raise the heap with -Xmx)",
            maxBatch,
            megabytes(perImage * maxBatch),
            megabytes(limit),
            Math.min(limit / perImage, maxBatch - 1)));
  }

  private static long megabytes(long floats) {
    return Math.ceilDiv(floats * Float.BYTES, 1_000_000L);
  }

  @Override
  public void close() {
    closed = true;
  }
}
