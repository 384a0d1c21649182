package org.resnet4j.simd;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Digits;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.NativeMemory;

/** Steps with packed weights, and how their values lie. */
final class SimdPlan implements Plan {
  /** What an array holds. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  /** What kernels beside the heap address by 32 bits. */
  private static final long MAX_BYTES_BESIDE = Integer.MAX_VALUE;

  private final Graph skeleton;
  private final int[] overwritten;
  private final int[] halos;
  private final int[] blocks;
  private final List<StepInfo> infos;
  private final WorkerPool pool;
  private final MachineModel machine;
  private final Element element;

  /** Null once closed. */
  private volatile @Nullable List<SimdStep> lowered;

  SimdPlan(Graph skeleton, List<SimdStep> steps, WorkerPool pool, MachineModel machine) {
    this.machine = machine;
    this.element = steps.getFirst().element();
    this.skeleton = skeleton;
    this.lowered = List.copyOf(steps);
    this.pool = pool;
    this.overwritten = Placement.overwritten(steps);
    this.halos = halos(steps, overwritten);
    this.blocks = blocks(steps);
    this.infos = steps.stream().map(this::info).toList();
  }

  /** For whose caches kernels cut their work. */
  MachineModel machine() {
    return machine;
  }

  /** Per node, the widest halo that a reader of it or of what is written over it asks for. */
  private static int[] halos(List<SimdStep> steps, int[] overwritten) {
    int[] halos = new int[steps.size()];
    for (SimdStep step : steps) {
      if (!step.node().inputs().isEmpty()) {
        int input = step.node().inputs().getFirst();
        halos[input] = Math.max(halos[input], step.inputHalo());
      }
    }
    for (int id = steps.size() - 1; id >= 0; id--) {
      if (overwritten[id] >= 0) {
        halos[overwritten[id]] = Math.max(halos[overwritten[id]], halos[id]);
      }
    }
    for (int id = 0; id < halos.length; id++) {
      if (overwritten[id] >= 0) {
        halos[id] = halos[overwritten[id]];
      }
    }
    return halos;
  }

  /** Per node, the channels that lie together, on which the compiler makes all readers agree. */
  private static int[] blocks(List<SimdStep> steps) {
    int[] blocks = new int[steps.size()];
    // Results of matrix units lie in their blocks, whatever they consist of.
    Arrays.fill(blocks, steps.getFirst().element().block());
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
        step.multiplyAdds(),
        step.weightBytes(),
        Placement.layout(node, 1, halos[node.id()], blocks[node.id()]).size()
            * step.element().bytes());
  }

  private Placement placement(List<SimdStep> steps, int maxBatch) {
    return Placement.of(steps, overwritten, halos, blocks, element, maxBatch);
  }

  /** The steps, while the plan is open; for tests. */
  List<SimdStep> lowered() {
    return Objects.requireNonNull(lowered);
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
    List<SimdStep> steps = open(maxBatch);
    int threads = pool.threads();
    boolean lanes = threads > 1 && threads <= maxBatch;
    Placement together = fitting(steps, maxBatch, lanes ? threads - 1 : maxBatch);
    // Nobody can tell beforehand what fits: what counts as used may be garbage, and what is free in
    // parts.
    if (lanes) {
      try {
        Placement apart = placement(steps, maxBatch / threads);
        if (apart.size() <= most()) {
          return new SimdSession(this, steps, maxBatch, pool, together, apart);
        }
      } catch (OutOfMemoryError | ArithmeticException _) {
        // Together, threads need one arena instead of one for each.
      }
    }
    return session(steps, maxBatch, together, pool);
  }

  @Override
  public int serialSessions() {
    return pool.threads();
  }

  @Override
  public Session newSerialSession(int maxBatch) {
    List<SimdStep> steps = open(maxBatch);
    return session(steps, maxBatch, fitting(steps, maxBatch, maxBatch), Parallel.SERIAL);
  }

  private List<SimdStep> open(int maxBatch) {
    List<SimdStep> steps = lowered;
    if (steps == null) {
      throw new IllegalStateException("this plan is closed");
    }
    pool.checkOpen();
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, got " + maxBatch);
    }
    return steps;
  }

  /** Where values lie that are computed together, {@code images} of a batch at once. */
  private Placement fitting(List<SimdStep> steps, int maxBatch, int images) {
    Placement placement = placement(steps, images);
    if (placement.size() > Math.min(most(), Runtime.getRuntime().maxMemory() / element.bytes())) {
      throw insufficient(steps, maxBatch, placement.size());
    }
    return placement;
  }

  /** Elements that an arena may have. */
  private long most() {
    return element == Element.FLOAT32 ? MAX_ARRAY : MAX_BYTES_BESIDE / element.bytes();
  }

  private SimdSession session(
      List<SimdStep> steps, int maxBatch, Placement placement, Parallel parallel) {
    try {
      return new SimdSession(this, steps, maxBatch, parallel, placement, null);
    } catch (OutOfMemoryError | ArithmeticException _) {
      throw insufficient(steps, maxBatch, placement.size());
    }
  }

  private InsufficientMemoryException insufficient(
      List<SimdStep> steps, int maxBatch, long elements) {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc(); // garbage would count as used, and the advice be wrong
    long freeBytes =
        element == Element.FLOAT32
            ? runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory()
            : NativeMemory.left();
    long limit = Math.min(most(), freeBytes / element.bytes());
    int fitting = Math.min(placement(steps, maxBatch).schedule().chunk(), maxBatch - 1);
    while (fitting > 0 && placement(steps, fitting).size() > limit) {
      fitting--;
    }
    return new InsufficientMemoryException(
        "a batch of "
            + maxBatch
            + " needs "
            + Digits.megabytes(elements * element.bytes())
            + " of working memory, "
            + Digits.wholeMegabytes(limit * element.bytes())
            + " are left; "
            + InsufficientMemoryException.fitting(fitting)
            + " (raise the heap with -Xmx)");
  }

  @Override
  public void close() {
    lowered = null;
  }
}
