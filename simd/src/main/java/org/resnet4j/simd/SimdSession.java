package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.PlanarInput;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.Parallel;

/**
 * The working memory of one caller.
 *
 * <p>A batch that has an image for each thread is computed by <em>lanes</em>: each thread takes as
 * many images as the others through the whole network, in an arena of its own. Threads then wait
 * for each other once in a run instead of in every step, and what one layer writes is in the caches
 * of the core that reads it in the next. The images that are left over, fewer than threads, are
 * computed by all threads together, one step after the other.
 *
 * <p>A probed run is computed together, so that steps have a time.
 */
final class SimdSession implements Session {
  private final SimdPlan plan;
  private final int maxBatch;
  private final BoundPlan together;
  private final BoundPlan[] lanes;
  private final Parallel.Task lane = this::runLane;
  private final Segments inputs = new Segments();
  private final Segments outputs = new Segments();
  private final PlanarInput planar;
  private final SessionGuard guard = new SessionGuard(() -> {});

  // The run in flight.
  private MemorySegment source = MemorySegment.NULL;
  private MemorySegment target = MemorySegment.NULL;
  private int perLane;

  /**
   * Allocates the arenas.
   *
   * @param together where values lie that all threads compute
   * @param apart where a lane's values lie, or null for no lanes
   */
  SimdSession(SimdPlan plan, int maxBatch, Placement together, @Nullable Placement apart) {
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.planar = new PlanarInput(plan.inputShape());
    this.together = new BoundPlan(plan, together, plan.pool());
    this.lanes = apart == null ? new BoundPlan[0] : lanes(plan, apart);
  }

  private static BoundPlan[] lanes(SimdPlan plan, Placement apart) {
    BoundPlan[] lanes = new BoundPlan[plan.pool().threads()];
    Arrays.setAll(lanes, _ -> new BoundPlan(plan, apart, Parallel.SERIAL));
    return lanes;
  }

  /** The activations that all threads compute, then each lane's; for tests. */
  List<float[]> arenas() {
    return Stream.concat(Stream.of(together), Arrays.stream(lanes)).map(BoundPlan::arena).toList();
  }

  /** Where the values lie that all threads compute, for tests. */
  List<Value> values() {
    return together.values();
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
      if (probe == null) {
        compute(batch, from, to);
      } else {
        plan.pool().checkOpen();
        Recorder recorder = new Recorder(plan.steps(), batch, probe);
        together.run(from, to, 0, batch, recorder);
        recorder.report();
      }
    } finally {
      guard.exit();
    }
  }

  @Override
  public void run(int batch, float[] from, float[] to) {
    SessionGuard.check(plan, maxBatch, batch, from.length, to.length);
    guard.enter();
    try {
      compute(batch, inputs.around(from), outputs.around(to));
    } finally {
      guard.exit();
    }
  }

  @Override
  public void runSamples(int batch, MemorySegment samples, SampleTable table, MemorySegment to) {
    SessionGuard.checkSamples(plan, maxBatch, batch, samples, table, to);
    guard.enter();
    try {
      compute(batch, planar.read(batch, samples, table), to);
    } finally {
      guard.exit();
    }
  }

  private void compute(int batch, MemorySegment from, MemorySegment to) {
    plan.pool().checkOpen();
    boolean apart = lanes.length > 0 && Segments.sharable(from) && Segments.sharable(to);
    perLane = apart ? batch / lanes.length : 0;
    if (perLane > 0) {
      source = from;
      target = to;
      try {
        plan.pool().run(lanes.length, lane);
      } finally {
        source = MemorySegment.NULL;
        target = MemorySegment.NULL;
      }
    }
    int done = perLane * lanes.length;
    together.run(from, to, done, batch - done, null);
  }

  private void runLane(int item, int worker) {
    lanes[item].run(source, target, item * perLane, perLane, null);
  }

  @Override
  public void close() {
    guard.close();
  }
}
